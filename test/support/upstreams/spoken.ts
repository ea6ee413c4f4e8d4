import type { Dialect } from '../../../src/providers/language-model.js';
import type { Piece, Plan, PlannedCall } from '../upstream-plan.js';

/** An answer of a model as no dialect in particular says it; `speak` says it in one. */
export interface Spoken extends Pick<
  Plan,
  'eol' | 'packing' | 'paceMs' | 'isLeftOpen' | 'headersAfterMs' | 'headers'
> {
  /** In the order in which the model makes them; chat completions cannot tell that order. */
  readonly blocks: readonly SpokenBlock[];
  /** Why it ends; by default `calls` when there are calls, else `stop`. */
  readonly finish?: SpokenFinish;
  /** The stop sequence that it came to. */
  readonly stopSequence?: string;
  /** Null where the provider says nothing of it. */
  readonly usage?: SpokenUsage | null;
  /** The name that the provider gives its model. */
  readonly model?: string;
}

export type SpokenBlock =
  | { readonly type: 'text'; readonly deltas: readonly string[] }
  | { readonly type: 'refusal'; readonly deltas: readonly string[] }
  | SpokenReasoning
  | ({ readonly type: 'call' } & PlannedCall);

export interface SpokenReasoning {
  readonly type: 'reasoning';
  readonly deltas: readonly string[];
  /** Of the Messages dialect. */
  readonly signature?: string;
  /** Of the Messages dialect: nothing of the block may be read. */
  readonly redacted?: string;
  /** Of the Responses dialect. */
  readonly encrypted?: string;
}

export type SpokenFinish = 'stop' | 'length' | 'calls' | 'content_filter';

/** As the neutral form counts: all of the prompt, with what is cached in it. */
export interface SpokenUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly reasoning?: number;
  readonly cached?: number;
  /** Only the Messages dialect tells it. */
  readonly cacheWrite?: number;
}

export const saying = (...deltas: readonly string[]): SpokenBlock => ({ type: 'text', deltas });
export const refusing = (...deltas: readonly string[]): SpokenBlock => ({ type: 'refusal', deltas });
export const calling = (call: PlannedCall): SpokenBlock => ({ type: 'call', ...call });

/** Reasoning with the seals of every dialect; each dialect shows its own. */
export const thinking = (...deltas: readonly string[]): SpokenBlock => ({
  type: 'reasoning',
  deltas,
  signature: 'c2lnbmVk',
  encrypted: 'ZW5jcnlwdGVk',
});

export const defaultUsage: SpokenUsage = { prompt: 9, completion: 4 };

export const finishOf = ({ finish, blocks }: Spoken): SpokenFinish =>
  finish ?? (blocks.some(({ type }) => type === 'call') ? 'calls' : 'stop');

/** How a dialect says an answer, or the beginning of one. */
export interface Voice {
  readonly dialect: Dialect;
  /** The whole answer. */
  say(spoken: Spoken): readonly Piece[];
  /** Its beginning: the last block stays open. */
  begin(spoken: Spoken): readonly Piece[];
  /** The answer to a request that does not ask for a stream. */
  whole(spoken: Spoken): unknown;
  /** A failure after the first byte. */
  failure(message: string): Piece;
  /** The body of a failure before it. */
  refusal(status: number, message: string): unknown;
}
