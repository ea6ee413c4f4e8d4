import { Injectable } from '@nestjs/common';
import type { Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { Storage } from '../../storage/storage.js';
import { PendingCalls, type Decision, type PendingCall } from './pending-calls.js';

/** Decisions that come over HTTP. */
@Injectable()
export class CallDecisions {
  constructor(
    private readonly storage: Storage,
    private readonly pending: PendingCalls,
  ) {}

  /** As `PendingCalls.decide`, at most once per key. */
  async take(
    owner: Owner,
    id: string,
    decision: Decision,
    key: RequestKey | undefined,
  ): Promise<PendingCall> {
    if (!key) return this.pending.decide(owner, id, decision);
    // Taken back by nothing, should the COMMIT fail: a repeat with the same decision is right all the same.
    return this.storage.commitOnce('decide_model_call', key, () =>
      Promise.resolve(this.pending.decide(owner, id, decision)),
    );
  }
}
