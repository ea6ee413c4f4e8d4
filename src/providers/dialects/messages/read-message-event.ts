import type { FinishReason } from '../../language-model.js';
import { fields, isFields, orNone, text, type Fields } from '../fields.js';
import { readTokens, type MessageTokens } from './message-tokens.js';

/** What one event of a streamed message says, where it says anything that matters here. */
export type MessageEvent =
  | { readonly type: 'tokens'; readonly tokens: MessageTokens }
  | { readonly type: 'block_start'; readonly index: number; readonly block: Block }
  | { readonly type: 'block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'block_stop'; readonly index: number }
  | {
      readonly type: 'finish';
      readonly finish: FinishReason | undefined;
      readonly stop_sequence: string | undefined;
      readonly tokens: MessageTokens;
    }
  | { readonly type: 'over' }
  | { readonly type: 'nothing' };

/** A block as it begins, which some servers do with all that is in it. */
export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string; readonly signature: string }
  | { readonly type: 'redacted'; readonly value: string }
  | {
      readonly type: 'tool';
      readonly id: string | undefined;
      readonly name: string;
      /** The whole arguments, where they came with the beginning. */
      readonly arguments: string;
    }
  | { readonly type: 'other' };

export interface BlockDelta {
  readonly type: 'text' | 'thinking' | 'signature' | 'arguments' | 'other';
  readonly text: string;
}

const nothing = { type: 'nothing' } as const;

/**
 * An event's JSON, or undefined when it is something else: an error, or nothing known. Kinds of events, blocks and deltas
 * that are not known say nothing: there may be new ones at any time. Pure.
 */
export const readMessageEvent = (value: unknown): MessageEvent | undefined =>
  isFields(value) && typeof value['type'] === 'string' && value['type'] !== 'error'
    ? orNone(value, eventOf)
    : undefined;

function eventOf(value: Fields): MessageEvent | undefined {
  const index = typeof value['index'] === 'number' ? value['index'] : 0;
  switch (value['type']) {
    case 'message_start':
      return { type: 'tokens', tokens: readTokens(fields(fields(value['message'])?.['usage'])) };
    case 'content_block_start': {
      const block = blockOf(fields(value['content_block']) ?? {});
      return block && { type: 'block_start', index, block };
    }
    case 'content_block_delta':
      return { type: 'block_delta', index, delta: deltaOf(fields(value['delta']) ?? {}) };
    case 'content_block_stop':
      return { type: 'block_stop', index };
    case 'message_delta':
      return finishOf(fields(value['delta']), fields(value['usage']));
    case 'message_stop':
      return { type: 'over' };
    default:
      return nothing;
  }
}

/** Undefined for a tool call that calls nothing. */
function blockOf(block: Fields): Block | undefined {
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: text(block['text']) ?? '' };
    case 'thinking':
      return {
        type: 'thinking',
        text: text(block['thinking']) ?? '',
        signature: text(block['signature']) ?? '',
      };
    case 'redacted_thinking':
      return { type: 'redacted', value: text(block['data']) ?? '' };
    case 'tool_use': {
      const [id, name] = [text(block['id']), text(block['name'])];
      const input = fields(block['input']) ?? {};
      const whole = Object.keys(input).length > 0 ? JSON.stringify(input) : '';
      return name ? { type: 'tool', id: id === '' ? undefined : id, name, arguments: whole } : undefined;
    }
    default:
      return { type: 'other' };
  }
}

/** By the type of a delta: what it is here, and the field that it is in. */
const deltas: ReadonlyMap<unknown, readonly [BlockDelta['type'], string]> = new Map<
  unknown,
  readonly [BlockDelta['type'], string]
>([
  ['text_delta', ['text', 'text']],
  ['thinking_delta', ['thinking', 'thinking']],
  ['signature_delta', ['signature', 'signature']],
  ['input_json_delta', ['arguments', 'partial_json']],
]);

function deltaOf(delta: Fields): BlockDelta {
  const [type, field] = deltas.get(delta['type']) ?? ['other', ''];
  return { type, text: text(delta[field]) ?? '' };
}

function finishOf(delta: Fields | undefined, usage: Fields | undefined): MessageEvent {
  const reason = text(delta?.['stop_reason']);
  return {
    type: 'finish',
    finish: reason === undefined ? undefined : (finishReasons.get(reason) ?? 'other'),
    stop_sequence: text(delta?.['stop_sequence']),
    tokens: readTokens(usage),
  };
}

/** A map, in which nothing is under a name such as `__proto__`. */
const finishReasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
]);
