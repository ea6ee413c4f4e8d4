import type { Frame, Json } from './laws.js';

interface Choice {
  readonly index: number;
  readonly delta: Json & { readonly tool_calls?: readonly Call[] };
  readonly finish_reason: string | null;
}

interface Call {
  readonly index: number;
  readonly id?: string;
  readonly type?: string;
  readonly function: { readonly name?: string; readonly arguments?: string };
}

const reasons = ['stop', 'length', 'tool_calls', 'content_filter'];

export function brokenInChat(frames: readonly Frame[]): readonly string[] {
  const wrong: string[] = [];
  const chunks = frames.flatMap(({ json }) => (json && json['error'] === undefined ? [json] : []));
  const choices = chunks.flatMap(({ choices }) => (choices as Choice[] | undefined) ?? []);
  const last = frames.at(-1);
  const hasFailed = frames.some(({ json }) => json?.['error'] !== undefined);

  if (frames.some(({ event }) => event !== undefined)) wrong.push('an event has a name');
  if (new Set(chunks.map(({ id }) => id)).size > 1) wrong.push('the id changes');
  if (chunks.some(({ object }) => object !== 'chat.completion.chunk')) wrong.push('an object is no chunk');
  if (chunks.some(({ model, created }) => typeof model !== 'string' || typeof created !== 'number'))
    wrong.push('a chunk has no model or no time');
  if (choices.length > 0 && choices[0]?.delta['role'] !== 'assistant') wrong.push('the role is not first');
  if (choices.filter(({ delta }) => delta['role'] !== undefined).length > 1)
    wrong.push('the role comes twice');
  wrong.push(...wrongCalls(choices));
  const finishes = choices.filter(({ finish_reason }) => finish_reason != null);
  if (finishes.some(({ finish_reason }) => !reasons.includes(finish_reason ?? '')))
    wrong.push('a finish reason is unknown');
  if (hasFailed) {
    if (finishes.length > 0) wrong.push('it finishes and fails');
    return wrong;
  }
  if (last?.json !== undefined) wrong.push('[DONE] is not last');
  if (frames.filter(({ json }) => json === undefined).length > 1) wrong.push('[DONE] comes twice');
  if (finishes.length !== 1) wrong.push(`it finishes ${finishes.length} times`);
  if (choices.at(-1)?.finish_reason == null) wrong.push('something comes after the finish');
  const usages = chunks.filter(({ usage }) => usage != null);
  if (usages.length > 1) wrong.push('the usage comes twice');
  if (usages.some(({ choices }) => !Array.isArray(choices) || choices.length > 0))
    wrong.push('the usage comes with choices');
  return wrong;
}

function wrongCalls(choices: readonly Choice[]): readonly string[] {
  const wrong: string[] = [];
  const begun = new Map<number, string>();
  for (const call of choices.flatMap(({ delta }) => delta.tool_calls ?? [])) {
    const isFirst = !begun.has(call.index);
    if (isFirst && (!call.id || !call.function.name || call.type !== 'function'))
      wrong.push('a call begins without its id, its type or its name');
    if (isFirst && call.index !== begun.size) wrong.push('the indices of calls have a gap');
    if (!isFirst && (call.id !== undefined || call.function.name !== undefined))
      wrong.push('a call has its id or its name twice');
    begun.set(call.index, (begun.get(call.index) ?? '') + (call.function.arguments ?? ''));
  }
  const isComplete = choices.some(({ finish_reason }) => finish_reason != null);
  if (isComplete && [...begun.values()].some((text) => !isJson(text))) wrong.push('arguments are no JSON');
  return wrong;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
