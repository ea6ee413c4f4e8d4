import type { Dialect } from '../../../src/providers/language-model.js';

/** What a program wants of a model, whichever official client it uses. */
export interface Wish {
  readonly text: string;
  /** A PNG. */
  readonly imageBase64?: string;
  /** Tools, and what each of them gives when it is called: then the model is asked again. */
  readonly tools?: Readonly<Record<string, string>>;
  /** The JSON Schema of the answer. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly isThinking?: boolean;
}

/** What the client gave to the program. */
export interface Said {
  /** The text of the last answer, in the pieces in which the client gave it. */
  readonly texts: readonly string[];
  /** All thinking that was shown. */
  readonly thinking: string;
  readonly calls: readonly SaidCall[];
  /** Of the last answer. */
  readonly usage: { readonly input: number; readonly output: number };
}

export interface SaidCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** A program that talks through an official client, streamed. */
export interface SdkClient {
  readonly name: string;
  readonly dialect: Dialect;
  /** Whether it has a place for thinking. */
  readonly isThinkingShown: boolean;
  /** `url` is the server's, without a path. */
  talk(url: string, model: string, wish: Wish): Promise<Said>;
}

export const toolSchema = {
  type: 'object',
  properties: { zone: { type: 'string' } },
  additionalProperties: false,
} as const;

/** Answers until one has no calls; two rounds are enough for everyone. */
export async function rounds<Answer extends Said>(
  ask: (last: Answer | undefined) => Promise<Answer>,
): Promise<Said> {
  const first = await ask(undefined);
  if (first.calls.length === 0) return first;
  const second = await ask(first);
  return {
    ...second,
    thinking: first.thinking + second.thinking,
    calls: [...first.calls, ...second.calls],
  };
}
