import { describe, expect, it } from 'vitest';
import {
  contentDelta,
  contextUpdated,
  messageCompleted,
  otherContextId,
  otherMessageId,
  stateChanged,
} from '../../test/support/sample-signals.js';
import { mergeKey, replaces } from './signals.js';

describe('mergeKey', () => {
  it('is shared by the content_deltas of one message, and by no others', () => {
    expect(mergeKey(contentDelta(2))).toBe(mergeKey(contentDelta(1)));
    expect(mergeKey(contentDelta(1, { message_id: otherMessageId }))).not.toBe(mergeKey(contentDelta(1)));
    expect(mergeKey(contentDelta(1, { context_id: otherContextId }))).not.toBe(mergeKey(contentDelta(1)));
  });

  it('is missing where every signal counts', () => {
    for (const signal of [stateChanged(1), messageCompleted(1), contextUpdated(1)])
      expect(mergeKey(signal)).toBeUndefined();
  });
});

describe('replaces', () => {
  it('lets a delta stand for an older one, and never for a newer one', () => {
    expect(replaces(contentDelta(6), contentDelta(5))).toBe(true);
    expect(replaces(contentDelta(5), contentDelta(5))).toBe(true);
    expect(replaces(contentDelta(4), contentDelta(5))).toBe(false);
  });
});
