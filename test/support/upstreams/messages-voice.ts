import type { Piece } from '../upstream-plan.js';
import {
  defaultUsage,
  finishOf,
  type Spoken,
  type SpokenBlock,
  type SpokenUsage,
  type Voice,
} from './spoken.js';

const stops = { stop: 'end_turn', length: 'max_tokens', calls: 'tool_use', content_filter: 'refusal' };

/** Anthropic's Messages. */
export const messagesVoice: Voice = {
  dialect: 'messages',
  say: (spoken) => [
    ...opening(spoken),
    ...spoken.blocks.flatMap((block, index) => [...blockPieces(block, index), stopPiece(index)]),
    event('message_delta', {
      delta: { stop_reason: stopOf(spoken), stop_sequence: spoken.stopSequence ?? null },
      usage: { output_tokens: (spoken.usage ?? defaultUsage).completion },
    }),
    event('message_stop', {}),
  ],
  begin: (spoken) => [
    ...opening(spoken),
    ...spoken.blocks.flatMap((block, index) => [
      ...blockPieces(block, index),
      ...(index < spoken.blocks.length - 1 ? [stopPiece(index)] : []),
    ]),
  ],
  whole: (spoken) => ({
    ...envelope(spoken),
    content: spoken.blocks.map(wholeBlock),
    stop_reason: stopOf(spoken),
    stop_sequence: spoken.stopSequence ?? null,
    usage: { ...inputOf(spoken), output_tokens: (spoken.usage ?? defaultUsage).completion },
  }),
  failure: (message) => event('error', { error: { type: 'overloaded_error', message } }),
  refusal: (status, message) => ({
    type: 'error',
    error: { type: errorTypes[status] ?? 'api_error', message },
    request_id: 'req_1',
  }),
};

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const event = (type: string, fields: object, text?: string): Piece => ({
  type: 'event',
  event: type,
  json: { type, ...fields },
  ...(text !== undefined && { text }),
});

const envelope = ({ model = 'fake-1' }: Spoken): object => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
});

const opening = (spoken: Spoken): readonly Piece[] => [
  event('message_start', {
    message: {
      ...envelope(spoken),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...inputOf(spoken), output_tokens: 1 },
    },
  }),
  event('ping', {}),
];

/** What was cached is not in `input_tokens`. */
const inputOf = ({ usage }: Spoken): object => {
  const { prompt, cached = 0, cacheWrite = 0 }: SpokenUsage = usage ?? defaultUsage;
  return {
    input_tokens: prompt - cached - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cached,
  };
};

const stopOf = (spoken: Spoken): string =>
  spoken.stopSequence === undefined ? stops[finishOf(spoken)] : 'stop_sequence';

const stopPiece = (index: number): Piece => event('content_block_stop', { index });

function blockPieces(block: SpokenBlock, index: number): readonly Piece[] {
  const start = (content_block: object): Piece => event('content_block_start', { index, content_block });
  const delta = (fields: object, text?: string): Piece =>
    event('content_block_delta', { index, delta: fields }, text);
  switch (block.type) {
    case 'text':
    case 'refusal':
      return [
        start({ type: 'text', text: '' }),
        ...block.deltas.map((text) => delta({ type: 'text_delta', text }, text)),
      ];
    case 'reasoning':
      if (block.redacted !== undefined) return [start({ type: 'redacted_thinking', data: block.redacted })];
      return [
        start({ type: 'thinking', thinking: '', signature: '' }),
        ...block.deltas.map((thinking) => delta({ type: 'thinking_delta', thinking })),
        ...(block.signature ? [delta({ type: 'signature_delta', signature: block.signature })] : []),
      ];
    case 'call':
      return [
        start({ type: 'tool_use', id: block.id, name: block.name, input: {} }),
        ...block.arguments.map((partial_json) => delta({ type: 'input_json_delta', partial_json })),
      ];
  }
}

function wholeBlock(block: SpokenBlock): object {
  switch (block.type) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: block.deltas.join('') };
    case 'reasoning':
      return block.redacted === undefined
        ? { type: 'thinking', thinking: block.deltas.join(''), signature: block.signature ?? '' }
        : { type: 'redacted_thinking', data: block.redacted };
    case 'call': {
      const input: unknown = JSON.parse(block.arguments.join('') || '{}');
      return { type: 'tool_use', id: block.id, name: block.name, input };
    }
  }
}
