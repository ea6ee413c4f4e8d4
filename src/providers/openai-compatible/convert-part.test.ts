import { describe, expect, it } from 'vitest';
import { convertPart, type CalledTools, type StreamPart } from './convert-part.js';

const usage = {
  inputTokens: { total: 5, noCache: 5, cacheRead: 0, cacheWrite: undefined },
  outputTokens: { total: 3, text: 3, reasoning: 0 },
};
const finish = (unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other') =>
  ({ type: 'finish', finishReason: { unified, raw: undefined }, usage }) as const;

describe('a part of the AI SDK', () => {
  const meaningless: readonly StreamPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id: 'x' },
    { type: 'text-start', id: 't' },
    { type: 'text-end', id: 't' },
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-end', id: 'r' },
    { type: 'tool-input-end', id: 'c' },
    { type: 'raw', rawValue: {} },
  ];

  it.each(meaningless)('that means nothing here is left out: $type', (part) => {
    expect(convertPart(part, new Map())).toBeUndefined();
  });

  it('with arguments gets the name that its call began with', () => {
    const called: CalledTools = new Map();

    expect(convertPart({ type: 'tool-input-start', id: 'c', toolName: 'clock' }, called)).toBeUndefined();
    expect(convertPart({ type: 'tool-input-delta', id: 'c', delta: '{"a' }, called)).toEqual({
      type: 'tool_arguments',
      tool_call_id: 'c',
      tool_name: 'clock',
      delta: '{"a',
    });
  });

  it.each([
    ['stop', 'stop', 'tool_calls'],
    ['other', 'other', 'tool_calls'],
    ['tool-calls', 'tool_calls', 'tool_calls'],
    ['length', 'length', 'length'],
    ['content-filter', 'content_filter', 'content_filter'],
    ['error', 'error', 'error'],
  ] as const)('that finishes with %s is %s, and after tool calls %s', (unified, plain, afterCalls) => {
    expect(convertPart(finish(unified), new Map())).toMatchObject({ finish_reason: plain });
    expect(convertPart(finish(unified), new Map([['c', 'clock']]))).toMatchObject({
      finish_reason: afterCalls,
    });
  });

  it('with usage says only what the provider said', () => {
    expect(convertPart(finish('stop'), new Map())).toEqual({
      type: 'finish',
      finish_reason: 'stop',
      usage: { prompt: 5, completion: 3 },
    });
  });
});
