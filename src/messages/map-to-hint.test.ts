import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPayload } from '../../test/support/any-payload.js';
import { mapToHint } from './map-to-hint.js';
import { isKnown, kindRule, messageKinds, type Message, type MessagePayload } from './message-kinds.js';

const summaryOf = (payload: MessagePayload): string | undefined => mapToHint(payload).summary;
const text = (content: string): MessagePayload => ({ kind: 'text', data: { content } });

describe('a display hint', () => {
  it('is one line of at most 120 characters, for any message', () => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const { summary = 'x' } = mapToHint(payload);
        expect([...summary].length).toBeLessThanOrEqual(120);
        expect(summary).toMatch(/^[^\p{Cc}\p{Cs}]+$/u);
      }),
    );
  });

  it('cuts between characters, and says that it cut', () => {
    expect(summaryOf(text('a'.repeat(120)))).toBe('a'.repeat(120));
    expect(summaryOf(text('a'.repeat(121)))).toBe(`${'a'.repeat(119)}…`);
    expect(summaryOf(text('👍'.repeat(121)))).toBe(`${'👍'.repeat(119)}…`);
    expect(summaryOf(text(`${' '.repeat(1_000_000)}end`))).toBe('end');
  });

  it('has no summary where there is nothing to say', () => {
    expect(mapToHint(text(' \n '))).toEqual({ collapsed: false, icon: 'message' });
  });

  it('names what a message is about', () => {
    expect(summaryOf({ kind: 'file_reference', data: { path: 'a.ts', line_range: [1, 9] } })).toBe(
      'a.ts:1-9',
    );
    expect(summaryOf({ kind: 'weather_card', data: {} })).toBe('weather card');
    const source = { url: 'data:image/png;base64,AAAA' };
    expect(summaryOf({ kind: 'image', data: { source, recognition_mode: 'auto' } })).toBe('Image');
  });
});

describe('the kinds', () => {
  it('are fourteen, of which a user may send five', () => {
    expect(messageKinds).toHaveLength(14);
    expect(messageKinds.filter((kind) => kindRule(kind).isSendable)).toEqual([
      ...['text', 'image', 'file_reference', 'project_structure', 'mcp_resource'],
    ]);
  });

  it('do not include what any object has', () => {
    for (const kind of ['constructor', '__proto__', 'toString', 'weather_card']) {
      expect(isKnown({ kind, data: {} } as Message)).toBe(false);
      expect(kindRule(kind)).toMatchObject({ isSendable: false, source: 'external' });
    }
  });
});
