import { describe, expect, it } from 'vitest';
import type { CallDelta } from './read-chunk.js';
import { ToolCalls } from './tool-calls.js';

/** What came of these pieces: the deltas by call id, and the whole calls. */
function put(pieces: readonly Partial<CallDelta>[]) {
  let made = 0;
  const calls = new ToolCalls(() => `made-${++made}`);
  const deltas = pieces.flatMap((piece) => {
    const part = calls.add({ arguments: '', ...piece });
    return part?.type === 'tool_arguments' ? [[part.tool_call_id, part.tool_name, part.delta]] : [];
  });
  const whole = calls
    .whole()
    ?.map((part) => (part.type === 'tool_call' ? [part.tool_call_id, part.tool_name, part.arguments] : []));
  return { deltas, whole };
}

describe('the tool calls of an answer', () => {
  const a = { index: 0, id: 'a', name: 'clock' };
  const b = { index: 1, id: 'b', name: 'weather' };

  it.each<[string, readonly Partial<CallDelta>[], unknown]>([
    [
      'one after the other',
      [a, { index: 0, arguments: '{' }, { index: 0, arguments: '}' }, { ...b, arguments: '{"x":1}' }],
      [
        ['a', 'clock', '{}'],
        ['b', 'weather', '{"x":1}'],
      ],
    ],
    [
      'side by side, and listed by index',
      [
        ...[b, a, { index: 1, arguments: '{"b":' }, { index: 0, arguments: '{"a":' }],
        ...[
          { index: 1, arguments: '2}' },
          { index: 0, arguments: '1}' },
        ],
      ],
      [
        ['a', 'clock', '{"a":1}'],
        ['b', 'weather', '{"b":2}'],
      ],
    ],
    [
      'without an index (Google)',
      [
        { id: 'a', name: 'clock', arguments: '{}' },
        { id: 'b', name: 'clock', arguments: '{"at":1}' },
      ],
      [
        ['a', 'clock', '{}'],
        ['b', 'clock', '{"at":1}'],
      ],
    ],
    [
      'without index and id, by their names',
      [{ name: 'clock', arguments: '{' }, { arguments: '}' }, { name: 'clock', arguments: '{"at":1}' }],
      [
        ['made-1', 'clock', '{}'],
        ['made-2', 'clock', '{"at":1}'],
      ],
    ],
    [
      'with the index 0 for each',
      [
        { index: 0, id: 'a', name: 'clock', arguments: '{}' },
        { index: 0, id: 'b', name: 'clock', arguments: '{"at":1}' },
        { index: 0, id: 'c', name: 'weather', arguments: '{}' },
      ],
      [
        ['a', 'clock', '{}'],
        ['b', 'clock', '{"at":1}'],
        ['c', 'weather', '{}'],
      ],
    ],
    [
      'with the index 0 for each, the first without arguments',
      [
        { index: 0, id: 'a', name: 'clock' },
        { index: 0, id: 'b', name: 'clock', arguments: '{"at":1}' },
      ],
      [
        ['a', 'clock', '{}'],
        ['b', 'clock', '{"at":1}'],
      ],
    ],
    [
      'with the name again in each piece',
      [
        { ...a, arguments: '{"x":' },
        { ...a, arguments: '{"y":' },
        { ...a, arguments: '1}}' },
      ],
      [['a', 'clock', '{"x":{"y":1}}']],
    ],
    [
      'with another id in each piece',
      [a, { index: 0, id: 'a2', arguments: '{"x"' }, { index: 0, id: 'a3', arguments: ':1}' }],
      [['a', 'clock', '{"x":1}']],
    ],
    [
      'with the same id for two tools',
      [
        { id: 'a', name: 'clock', arguments: '{}' },
        { id: 'a', name: 'weather', arguments: '[]' },
      ],
      [
        ['a', 'clock', '{}'],
        ['made-1', 'weather', '[]'],
      ],
    ],
    ['without arguments', [a], [['a', 'clock', '{}']]],
    ['with arguments that are not JSON', [{ ...a, arguments: '{"x": oops' }], [['a', 'clock', '{"x": oops']]],
    ['that nothing belongs to', [{ arguments: '{}' }], []],
    ['that never get a name', [a, { index: 1, id: 'b', arguments: '{}' }], undefined],
  ])('may come %s', (_, pieces, whole) => {
    expect(put(pieces).whole).toEqual(whole);
  });

  it('give their arguments as they come, and what came before a name with the name', () => {
    const pieces = [
      { index: 0, arguments: '{"x"' },
      { index: 0, id: 'a', arguments: ':' },
      { index: 0, name: 'clock', arguments: '[' },
      { index: 0, arguments: '' },
      { index: 0, arguments: ']}' },
    ];

    expect(put(pieces)).toEqual({
      deltas: [
        ['a', 'clock', '{"x":['],
        ['a', 'clock', ']}'],
      ],
      whole: [['a', 'clock', '{"x":[]}']],
    });
  });
});
