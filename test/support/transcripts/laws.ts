// What every stream of a dialect must be like, whatever it says: the list of what is wrong with one.
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Dialect } from '../../../src/providers/language-model.js';
import { brokenInChat } from './laws-of-chat.js';
import { brokenInMessages } from './laws-of-messages.js';
import { brokenInResponses } from './laws-of-responses.js';

export type Json = Readonly<Record<string, unknown>>;

export interface Frame {
  /** The name of the event; undefined where it has none. */
  readonly event?: string;
  /** Undefined for `[DONE]`. */
  readonly json?: Json;
}

const laws: Readonly<Record<Dialect, (frames: readonly Frame[]) => readonly string[]>> = {
  chat_completions: brokenInChat,
  responses: brokenInResponses,
  messages: brokenInMessages,
};

/** In words, what this stream does that no stream of the dialect may do. */
export function brokenLaws(dialect: Dialect, stream: string): readonly string[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  parser.feed(stream);
  const frames = events.map(({ event, data }) => ({
    event,
    json: data === '[DONE]' ? undefined : (JSON.parse(data) as Json),
  }));
  return [...(stream.endsWith('\n\n') ? [] : ['the last event is not whole']), ...laws[dialect](frames)];
}
