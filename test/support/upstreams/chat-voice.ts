import { chunk, errorEvent, refusal as chatRefusal, type Piece } from '../upstream-plan.js';
import {
  defaultUsage,
  finishOf,
  type Spoken,
  type SpokenBlock,
  type SpokenUsage,
  type Voice,
} from './spoken.js';

const finishes = { stop: 'stop', length: 'length', calls: 'tool_calls', content_filter: 'content_filter' };

/** OpenAI's chat completions; reasoning is in `reasoning_content`, as the compatible servers have it. */
export const chatVoice: Voice = {
  dialect: 'chat_completions',
  say: (spoken) => [
    ...begin(spoken),
    inModel(chunk({}, finishes[finishOf(spoken)]), spoken),
    ...(spoken.usage === null ? [] : [usagePiece(spoken)]),
  ],
  begin: (spoken) => begin(spoken),
  whole: (spoken) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: spoken.model ?? 'fake-1',
    choices: [
      { index: 0, message: messageOf(spoken), logprobs: null, finish_reason: finishes[finishOf(spoken)] },
    ],
    ...(spoken.usage !== null && { usage: usageOf(spoken.usage ?? defaultUsage) }),
  }),
  failure: (message) => errorEvent(message),
  refusal: (status, message): unknown => JSON.parse(chatRefusal(status, message).whole?.body ?? ''),
};

function begin(spoken: Spoken): readonly Piece[] {
  let calls = 0;
  const pieces = spoken.blocks.flatMap((block) => blockPieces(block, block.type === 'call' ? calls++ : 0));
  return [chunk({ role: 'assistant', content: '' }), ...pieces].map((piece) => inModel(piece, spoken));
}

function blockPieces(block: SpokenBlock, index: number): readonly Piece[] {
  switch (block.type) {
    case 'text':
      return block.deltas.map((content) => ({ ...chunk({ content }), text: content }));
    case 'refusal':
      return block.deltas.map((refusal) => chunk({ refusal }));
    case 'reasoning':
      return block.deltas.map((reasoning_content) => chunk({ reasoning_content }));
    case 'call':
      return [
        chunk({
          tool_calls: [
            { index, id: block.id, type: 'function', function: { name: block.name, arguments: '' } },
          ],
        }),
        ...block.arguments.map((delta) => chunk({ tool_calls: [{ index, function: { arguments: delta } }] })),
      ];
  }
}

function inModel(piece: Piece, { model }: Spoken): Piece {
  if (piece.type !== 'event' || model === undefined) return piece;
  return { ...piece, json: { ...(piece.json as object), model } };
}

const usagePiece = (spoken: Spoken): Piece =>
  inModel(
    {
      type: 'event',
      json: { ...frame, choices: [], usage: usageOf(spoken.usage ?? defaultUsage) },
    },
    spoken,
  );

const frame = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'fake-1' };

const usageOf = ({ prompt, completion, cached, reasoning }: SpokenUsage): object => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
  ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
});

function messageOf({ blocks }: Spoken): object {
  const said = (type: SpokenBlock['type']): string | null =>
    blocks.flatMap((block) => (block.type === type && 'deltas' in block ? block.deltas : [])).join('') ||
    null;
  const calls = blocks.flatMap((block) => (block.type === 'call' ? [block] : []));
  return {
    role: 'assistant',
    content: said('text'),
    refusal: said('refusal'),
    ...(said('reasoning') !== null && { reasoning_content: said('reasoning') }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, arguments: pieces }) => ({
        id,
        type: 'function',
        function: { name, arguments: pieces.join('') },
      })),
    }),
  };
}
