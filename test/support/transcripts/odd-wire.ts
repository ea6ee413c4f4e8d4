// What a stream may hold that says nothing, or says it in an unusual way (WHATWG HTML §9.2.6).
import type { Dialect } from '../../../src/providers/language-model.js';
import { chunk, raw, type Piece, type Plan } from '../upstream-plan.js';

const mapped = (plan: Plan, change: (piece: Piece, index: number) => readonly Piece[]): Plan => ({
  ...plan,
  pieces: (plan.pieces ?? []).flatMap(change),
});

/** Comments, events without data, fields that nobody knows, ids and times to try again. */
export const withComments = (plan: Plan): Plan =>
  mapped(plan, (piece, index) => [
    { type: 'comment', comment: `keep-alive ${index}` },
    raw('event: nothing\n\n'),
    raw(`id: ${index}\nretry: 1000\nflavour: mint\n\n`),
    raw('\n\n'),
    piece,
  ]);

/** The JSON of each event over several lines of data. */
export const withManyLines = (plan: Plan): Plan =>
  mapped(plan, (piece) => {
    if (piece.type !== 'event') return [piece];
    const lines = JSON.stringify(piece.json, null, 1)
      .split('\n')
      .map((line) => `data: ${line}\n`);
    return [raw(`${piece.event ? `event: ${piece.event}\n` : ''}${lines.join('')}\n`)];
  });

/** Events of the dialect that add nothing, and those of kinds that are yet to be invented. */
export const withEmptyChunks = (dialect: Dialect, plan: Plan): Plan =>
  mapped(plan, (piece, index) => (index === 0 ? [piece] : [...nothings[dialect], piece]));

const named = (type: string, fields: object): Piece => ({
  type: 'event',
  event: type,
  json: { type, ...fields },
});

const nothings: Readonly<Record<Dialect, readonly Piece[]>> = {
  chat_completions: [
    chunk({ content: null, tool_calls: null }),
    chunk({ content: '' }),
    chunk({}),
    { type: 'event', json: { id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [] } },
  ],
  responses: [
    named('response.output_text.annotation.added', {
      item_id: 'x',
      output_index: 0,
      content_index: 0,
      annotation: {},
    }),
    named('response.thing.invented', { wonder: true }),
  ],
  messages: [named('ping', {}), named('thing_invented', { wonder: true })],
};
