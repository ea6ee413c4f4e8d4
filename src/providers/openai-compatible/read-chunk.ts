import type { FinishReason, TokenUsage } from '../language-model.js';

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

type Fields = Readonly<Record<string, unknown>>;

/** Thrown, and caught, in this file alone. */
class NotAChunk extends Error {}

/**
 * An event's JSON as a chunk, or undefined when it is something else: an error, or nothing known. Fields that mean
 * nothing here are not looked at; one that does and has the wrong type makes it no chunk. Pure.
 */
export function readChunk(value: unknown): Chunk | undefined {
  try {
    return isFields(value) && (value['error'] ?? undefined) === undefined ? chunkOf(value) : undefined;
  } catch (error) {
    if (error instanceof NotAChunk) return undefined;
    throw error;
  }
}

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

function usageOf(usage: Fields): TokenUsage {
  const reasoning = count(fields(usage['completion_tokens_details'])?.['reasoning_tokens']);
  const cached = count(fields(usage['prompt_tokens_details'])?.['cached_tokens']);
  return {
    prompt: count(usage['prompt_tokens']),
    completion: count(usage['completion_tokens']),
    ...(reasoning > 0 && { reasoning }),
    ...(cached > 0 && { cached }),
  };
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isWord = (word: string | undefined): word is string => word !== undefined && word.trim() !== '';

// Null is how many servers write that there is nothing.
const fields = (value: unknown): Fields | undefined => orNothing(value, isFields);
const text = (value: unknown): string | undefined =>
  orNothing(value, (given): given is string => typeof given === 'string');
const count = (value: unknown): number =>
  orNothing(value, (given): given is number => typeof given === 'number') ?? 0;
const list = (value: unknown): readonly unknown[] =>
  orNothing<readonly unknown[]>(value, Array.isArray) ?? [];

function orNothing<Right>(value: unknown, isRight: (value: unknown) => value is Right): Right | undefined {
  if (value === undefined || value === null) return undefined;
  if (isRight(value)) return value;
  throw new NotAChunk();
}
