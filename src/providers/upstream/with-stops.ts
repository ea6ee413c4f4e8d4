import type { LanguageModel, ModelPart } from '../language-model.js';

/**
 * The same model, for an API that has no stop sequences: its text ends before the first of them that it writes, and with
 * it the answer. What it took by then nobody knows, so that the finish tells no tokens.
 */
export const withStops = (model: LanguageModel): LanguageModel => ({
  id: model.id,
  stream: (request, abort) => {
    const stops = (request.parameters.stop ?? []).filter((stop) => stop !== '');
    const parts = model.stream(request, abort);
    return stops.length > 0 ? stopped(parts, stops) : parts;
  },
});

async function* stopped(
  parts: AsyncIterable<ModelPart>,
  stops: readonly string[],
): AsyncGenerator<ModelPart> {
  let held = '';
  // Leaving the loop ends the call.
  for await (const part of parts) {
    if (part.type === 'text') {
      const { text, rest, stop } = cutAt(held + part.delta, stops);
      if (text !== '') yield { type: 'text', delta: text };
      if (stop !== undefined) {
        const usage = { prompt: 0, completion: 0 };
        yield { type: 'finish', finish_reason: 'stop', usage, stop_sequence: stop };
        return;
      }
      held = rest;
    } else {
      if (held !== '') yield { type: 'text', delta: held };
      held = '';
      yield part;
    }
  }
}

interface Cut {
  readonly text: string;
  /** May be the beginning of a stop sequence, so that it is too early to say it. */
  readonly rest: string;
  readonly stop?: string;
}

/** The text up to the stop sequence that comes first in it, or up to what may become one. Pure. */
export function cutAt(text: string, stops: readonly string[]): Cut {
  const found = stops
    .map((stop) => ({ stop, at: text.indexOf(stop) }))
    .filter(({ at }) => at !== -1)
    .toSorted((one, other) => one.at - other.at)[0];
  if (found) return { text: text.slice(0, found.at), rest: '', stop: found.stop };
  const held = Math.max(...stops.map((stop) => overlap(text, stop)));
  const end = text.length - held;
  return { text: text.slice(0, end), rest: text.slice(end) };
}

/** How much of the end of a text is a beginning of this stop sequence. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(stop.slice(0, length))) return length;
  return 0;
}
