import type { FinishReason, TokenUsage } from '../../language-model.js';
import { count, fields, isFields, list, orNone, text, type Fields } from '../fields.js';

/** What one event of a streamed chat completion says. */
export interface Chunk {
  readonly texts: readonly TextDelta[];
  readonly calls: readonly CallDelta[];
  readonly finish?: FinishReason;
  readonly usage?: TokenUsage;
}

export interface TextDelta {
  readonly type: 'text' | 'reasoning';
  readonly delta: string;
}

/** A piece of a tool call: any part of it may be missing, and come later or never. */
export interface CallDelta {
  readonly index?: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments: string;
}

/**
 * An event's JSON as a chunk, or undefined when it is something else: an error, or nothing known. Fields that mean
 * nothing here are not looked at; one that does and has the wrong type makes it no chunk. Pure.
 */
export const readChunk = (value: unknown): Chunk | undefined =>
  isFields(value) && (value['error'] ?? undefined) === undefined ? orNone(value, chunkOf) : undefined;

function chunkOf(value: Fields): Chunk | undefined {
  if (!Array.isArray(value['choices'])) return undefined;
  const choice = fields(value['choices'][0]);
  const delta = fields(choice?.['delta']);
  const finish = text(choice?.['finish_reason']);
  const usage = fields(value['usage']);
  return {
    texts: delta ? textsOf(delta) : [],
    calls: delta ? list(delta['tool_calls']).map(callOf) : [],
    ...(finish !== undefined && { finish: finishReasons.get(finish) ?? 'other' }),
    ...(usage && { usage: usageOf(usage) }),
  };
}

/** Reasoning goes under two names; content is a string, or a list of parts (Mistral). */
function textsOf(delta: Fields): TextDelta[] {
  const texts: TextDelta[] = [];
  const add = (type: TextDelta['type'], delta: string | undefined): void => {
    if (delta) texts.push({ type, delta });
  };
  add('reasoning', text(delta['reasoning_content']) ?? text(delta['reasoning']));
  const content = delta['content'];
  if (!Array.isArray(content)) add('text', text(content));
  else
    for (const part of content.map(fields)) {
      if (part?.['type'] === 'text') add('text', text(part['text']));
      if (part?.['type'] === 'thinking') add('reasoning', thinkingOf(list(part['thinking'])));
    }
  // What it says instead of an answer is an answer too: without it the user would see nothing at all.
  add('text', text(delta['refusal']));
  return texts;
}

const thinkingOf = (parts: readonly unknown[]): string =>
  parts.map((part) => text(fields(part)?.['text']) ?? '').join('');

function callOf(value: unknown): CallDelta {
  const call = fields(value);
  const called = fields(call?.['function']);
  const index = call?.['index'];
  const [id, name] = [text(call?.['id']), text(called?.['name'])];
  return {
    ...(typeof index === 'number' && { index }),
    ...(isWord(id) && { id }),
    ...(isWord(name) && { name }),
    arguments: text(called?.['arguments']) ?? '',
  };
}

/** A map, in which nothing is under a name such as `__proto__`. */
const finishReasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['stop', 'stop'],
  ['length', 'length'],
  ['content_filter', 'content_filter'],
  ['tool_calls', 'tool_calls'],
  // What `tool_calls` was called before there could be several.
  ['function_call', 'tool_calls'],
]);

/** The tokens of a completion, streamed or whole. Throws WrongField. */
export function usageOf(usage: Fields): TokenUsage {
  const reasoning = count(fields(usage['completion_tokens_details'])?.['reasoning_tokens']);
  const prompt = fields(usage['prompt_tokens_details']);
  const cached = count(prompt?.['cached_tokens']);
  const cache_write = count(prompt?.['cache_write_tokens']);
  return {
    prompt: count(usage['prompt_tokens']),
    completion: count(usage['completion_tokens']),
    ...(reasoning > 0 && { reasoning }),
    ...(cached > 0 && { cached }),
    ...(cache_write > 0 && { cache_write }),
  };
}

const isWord = (word: string | undefined): word is string => word !== undefined && word.trim() !== '';
