import type { TokenUsage } from '../providers/language-model.js';

/** What is about to be asked. */
export interface CallTarget {
  /** The id of the model, with its provider. */
  readonly model: string;
  /** What the user said last, for whoever has to approve the call; only its beginning is shown. */
  readonly preview?: string;
}

/** What came of a call, however it ended. */
export interface CallOutcome {
  /** The id of the model that answered, where it is another than the one that was asked for. */
  readonly model?: string;
  /** As the provider counted; undefined where it did not say. */
  readonly usage?: TokenUsage;
  /** UTF-8 bytes of the text that was sent and that came back: what is estimated from while there is no `usage`. */
  readonly request_bytes?: number;
  readonly answer_bytes?: number;
}

/** Leave for one call to a model. However the call ends, `done` is to be called: what was used is counted there. */
export interface Permit {
  /** `x-ratelimit-…`, by their names in lower case, for the answer to the caller; none where nothing is limited. */
  readonly headers: Readonly<Record<string, string>>;
  /** Resolves once what was used is committed. Only the first of several counts. */
  done(outcome: CallOutcome): Promise<void>;
}
