import type { ContextId, Owner } from '../kernel/ids.js';

/** For whom a model is called, and what for. */
export interface CallScope {
  readonly owner: Owner;
  /** The conversation that the call belongs to, where there is one. */
  readonly context_id: ContextId | null;
  readonly purpose: CallPurpose;
}

export const callPurposes = ['answer', 'title', 'summary', 'workflow', 'gateway'] as const;
export type CallPurpose = (typeof callPurposes)[number];
