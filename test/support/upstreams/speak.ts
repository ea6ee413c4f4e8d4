import type { Dialect } from '../../../src/providers/language-model.js';
import type { Piece, Plan } from '../upstream-plan.js';
import { chatVoice } from './chat-voice.js';
import { messagesVoice } from './messages-voice.js';
import { responsesVoice } from './responses-voice.js';
import type { Spoken, Voice } from './spoken.js';

export * from './spoken.js';
export { failedResponse } from './responses-voice.js';

const voices: Readonly<Record<Dialect, Voice>> = {
  chat_completions: chatVoice,
  responses: responsesVoice,
  messages: messagesVoice,
};

/** A whole, good answer in this dialect: a stream, or one object when the request asks for none. */
export function speak(dialect: Dialect, spoken: Spoken): Plan {
  const voice = voices[dialect];
  return {
    ...wireOf(spoken),
    pieces: voice.say(spoken),
    unstreamed: voice.whole(spoken),
    isDoneSent: dialect === 'chat_completions',
  };
}

/** An answer that begins so, its last block still open, and then goes on as told. */
export const beginIn = (dialect: Dialect, spoken: Spoken, ...then: readonly Piece[]): Plan => ({
  ...wireOf(spoken),
  pieces: [...voices[dialect].begin(spoken), ...then],
  isDoneSent: false,
});

/** The failure that is said in the middle of a stream. */
export const failureIn = (dialect: Dialect, message: string): Piece => voices[dialect].failure(message);

/** A refusal in this dialect, before anything was streamed. */
export const refusalIn = (
  dialect: Dialect,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Plan => ({
  whole: {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(voices[dialect].refusal(status, message)),
  },
});

const wireOf = ({
  eol,
  packing,
  paceMs,
  isLeftOpen,
  headersAfterMs,
  headers,
}: Spoken): Pick<Plan, 'eol' | 'packing' | 'paceMs' | 'isLeftOpen' | 'headersAfterMs' | 'headers'> => ({
  eol,
  packing,
  paceMs,
  isLeftOpen,
  headersAfterMs,
  headers,
});
