import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  contentDelta,
  contextId,
  messageId,
  owner,
  snapshot,
  stateChanged,
} from '../../test/support/sample-signals.js';
import { Announcement, frameOf, noticeFrame } from './announcement.js';

const dataOf = (frame: string): unknown => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '');
const call = (_: unknown, n: number) => ({ tool_call_id: `call_${n}`, tool_name: 'read_a_large_file' });
/** Waits for so many approvals that their names do not fit in a signal. */
const tooLarge = stateChanged(60, {
  new_state: { type: 'awaiting_user', reason: 'tool_approval', pending: Array.from({ length: 40 }, call) },
});

afterEach(() => vi.restoreAllMocks());

describe('the frame of an announcement', () => {
  it('is one SSE event named signal, with the revision as its id on the stream of one context', () => {
    expect(new Announcement(owner, contentDelta(42)).frame('revision')).toBe(
      `id: 57\nevent: signal\ndata: {"type":"content_delta","context_id":"${contextId}",` +
        `"message_id":"${messageId}","current_sequence":42,"revision":57,` +
        `"timestamp":"2024-05-01T12:00:00.000Z"}\n\n`,
    );
  });

  it('has an id that is no number on a stream of several contexts', () => {
    const frame = new Announcement(owner, contentDelta(42)).frame('opaque');
    expect(frame).toMatch(/^id: \S+\nevent: signal\ndata: /);
    expect(frame).not.toMatch(/^id: \d+\n/);
  });

  it('is encoded once, however many subscribers it has', () => {
    const stringify = vi.spyOn(JSON, 'stringify');
    const announcement = new Announcement(owner, contentDelta(42));
    expect(stringify).not.toHaveBeenCalled();
    for (let i = 0; i < 100; i += 1) announcement.frame(i % 2 ? 'opaque' : 'revision');
    expect(stringify).toHaveBeenCalledTimes(1);
  });

  it('stays on one data line whatever an id contains', () => {
    const signal = stateChanged(58, { new_state: { type: 'processing_tool', tool_name: 'a\n\ndata: b\r' } });
    expect(frameOf(signal, 'revision').split(/\r\n|\r|\n/)).toHaveLength(5);
    expect(dataOf(frameOf(signal, 'revision'))).toEqual(signal);
  });

  it('is below 1 KB: a signal that does not fit becomes a resync of its context', () => {
    for (const ids of ['revision', 'opaque'] as const) {
      const frame = new Announcement(owner, { ...tooLarge, revision: Number.MAX_SAFE_INTEGER }).frame(ids);
      expect(Buffer.byteLength(frame)).toBeLessThan(1024);
    }
    expect(dataOf(frameOf(tooLarge, 'revision'))).toEqual({
      ...{ type: 'resync', reason: 'signal_too_large', context_id: contextId, revision: 60 },
      timestamp: tooLarge.timestamp,
    });
  });

  it('counts bytes rather than characters', () => {
    const signal = stateChanged(60, { new_state: { type: 'processing_tool', tool_name: '語'.repeat(300) } });
    expect(Buffer.byteLength(frameOf(signal, 'opaque'))).toBeLessThan(1024);
    expect(frameOf(signal, 'opaque')).toContain('"resync"');
  });
});

describe('pitfall "the answer is written into an older sibling, because ids were guessed"', () => {
  it('names the context and the message in the frame itself', () => {
    for (const signal of [contentDelta(1), snapshot(57), tooLarge])
      expect(dataOf(frameOf(signal, 'opaque'))).toMatchObject({ context_id: contextId });
    expect(dataOf(frameOf(contentDelta(1), 'opaque'))).toMatchObject({ message_id: messageId });
  });
});

describe('the frame of a notice', () => {
  it('has no id, as that would become the Last-Event-ID of the client', () => {
    const timestamp = '2024-05-01T12:00:00.000Z';
    expect(noticeFrame({ type: 'heartbeat', timestamp })).toBe(
      `event: signal\ndata: {"type":"heartbeat","timestamp":"${timestamp}"}\n\n`,
    );
    expect(noticeFrame({ type: 'resync', reason: 'too_many_pending', timestamp })).not.toMatch(/^id:/m);
  });
});
