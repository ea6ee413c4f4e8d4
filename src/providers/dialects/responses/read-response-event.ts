import type { FinishReason, TokenUsage } from '../../language-model.js';
import { count, fields, isFields, list, orNone, text, type Fields } from '../fields.js';

/** What one event of a streamed response says, where it says anything that matters here. */
export type ResponseEvent =
  | { readonly type: 'text' | 'reasoning'; readonly delta: string }
  /** Another paragraph of the reasoning begins: the how-manieth of its item. */
  | { readonly type: 'reasoning_paragraph'; readonly nth: number }
  | { readonly type: 'call_start'; readonly item: string; readonly call: Call }
  | { readonly type: 'call_arguments'; readonly item: string; readonly delta: string }
  | { readonly type: 'call_done'; readonly item: string; readonly call: Call }
  | { readonly type: 'reasoning_done'; readonly item: ReasoningItem }
  | { readonly type: 'over'; readonly finish: FinishReason; readonly usage: TokenUsage | undefined }
  | { readonly type: 'nothing' };

export interface Call {
  readonly id: string | undefined;
  readonly name: string;
  readonly arguments: string;
}

export interface ReasoningItem {
  readonly id: string | undefined;
  /** Empty where there is none. */
  readonly encrypted: string;
  /** All that may be read of it. */
  readonly text: string;
}

const nothing = { type: 'nothing' } as const;

/**
 * An event's JSON, or undefined when it is something else: a failure, or nothing known. Kinds of events and items that are
 * not known say nothing: there are many, and new ones at any time. Pure.
 */
export const readResponseEvent = (value: unknown): ResponseEvent | undefined =>
  isFields(value) && typeof value['type'] === 'string' ? orNone(value, eventOf) : undefined;

function eventOf(value: Fields): ResponseEvent | undefined {
  switch (value['type']) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return { type: 'text', delta: text(value['delta']) ?? '' };
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      return { type: 'reasoning', delta: text(value['delta']) ?? '' };
    case 'response.reasoning_summary_part.added':
      return { type: 'reasoning_paragraph', nth: count(value['summary_index']) };
    case 'response.function_call_arguments.delta':
      return { type: 'call_arguments', item: itemKey(value), delta: text(value['delta']) ?? '' };
    case 'response.output_item.added':
      return itemAdded(itemKey(value), fields(value['item']) ?? {});
    case 'response.output_item.done':
      return itemDone(itemKey(value), fields(value['item']) ?? {});
    case 'response.completed':
    case 'response.incomplete':
      return overOf(fields(value['response']) ?? {});
    case 'response.failed':
    case 'error':
      return undefined;
    default:
      return nothing;
  }
}

/** Its place in the output tells an item better than its id, which some servers write anew in each event. */
const itemKey = (value: Fields): string =>
  typeof value['output_index'] === 'number' ? `at ${value['output_index']}` : (text(value['item_id']) ?? '');

function itemAdded(item: string, added: Fields): ResponseEvent | undefined {
  const call = added['type'] === 'function_call' ? callOf(added) : undefined;
  if (call) return { type: 'call_start', item, call };
  return added['type'] === 'function_call' ? undefined : nothing;
}

function itemDone(item: string, done: Fields): ResponseEvent | undefined {
  if (done['type'] === 'reasoning') return { type: 'reasoning_done', item: reasoningOf(done) };
  if (done['type'] !== 'function_call') return nothing;
  const call = callOf(done);
  return call && { type: 'call_done', item, call };
}

/** Undefined for a call that calls nothing. */
function callOf(item: Fields): Call | undefined {
  const [id, name] = [text(item['call_id']) ?? text(item['id']), text(item['name'])];
  return name
    ? { id: id === '' ? undefined : id, name, arguments: text(item['arguments']) ?? '' }
    : undefined;
}

const reasoningOf = (item: Fields): ReasoningItem => ({
  id: text(item['id']),
  encrypted: text(item['encrypted_content']) ?? '',
  text: [...list(item['summary']), ...list(item['content'])]
    .map((part) => text(fields(part)?.['text']) ?? '')
    .join('\n\n'),
});

function overOf(response: Fields): ResponseEvent {
  const usage = fields(response['usage']);
  const reason = text(fields(response['incomplete_details'])?.['reason']);
  const isWhole = reason === undefined && response['status'] !== 'incomplete';
  return {
    type: 'over',
    finish: isWhole ? 'stop' : (finishReasons.get(reason ?? '') ?? 'other'),
    usage: usage && responseUsage(usage),
  };
}

/** Why a response is incomplete. A map, in which nothing is under a name such as `__proto__`. */
const finishReasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['max_output_tokens', 'length'],
  ['max_tokens', 'length'],
  ['content_filter', 'content_filter'],
]);

/** The tokens of a response, streamed or whole. Throws WrongField. */
export function responseUsage(usage: Fields): TokenUsage {
  const reasoning = count(fields(usage['output_tokens_details'])?.['reasoning_tokens']);
  const prompt = fields(usage['input_tokens_details']);
  const cached = count(prompt?.['cached_tokens']);
  const cache_write = count(prompt?.['cache_write_tokens']);
  return {
    prompt: count(usage['input_tokens']),
    completion: count(usage['output_tokens']),
    ...(reasoning > 0 && { reasoning }),
    ...(cached > 0 && { cached }),
    ...(cache_write > 0 && { cache_write }),
  };
}
