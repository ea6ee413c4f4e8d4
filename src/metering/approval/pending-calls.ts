import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId, type ContextId, type Owner } from '../../kernel/ids.js';
import { ModelError } from '../../providers/model-error.js';
import type { CallPurpose, CallScope } from '../call-scope.js';
import type { CallTarget } from '../permit.js';
import { toPreview } from './preview-format.js';

export type Decision = 'approved' | 'denied';

/** A call that waits until somebody approves it. */
export interface PendingCall {
  readonly id: string;
  readonly owner: Owner;
  readonly model: string;
  readonly purpose: CallPurpose;
  readonly context_id: ContextId | null;
  /** The beginning of what the user said last, in a line; empty where that was no text. */
  readonly preview: string;
  /** Milliseconds since the epoch. */
  readonly asked_at: number;
  /** When nobody has decided by then, it is denied. */
  readonly expires_at: number;
}

interface Waiting {
  readonly call: PendingCall;
  readonly settle: (decision: Decision | 'expired' | 'aborted') => void;
}

/** Decisions that are remembered, so that the same one again is no error. */
const maxDecided = 1000;

/**
 * The calls of this node that wait for an approval. Invariants: each ends in exactly one way, by a decision, its time or its
 * caller's abort; none waits once it is not in the list; at most `maxPendingCalls` wait. What waited when the server was
 * killed is asked for anew by whoever calls again.
 */
@Injectable()
export class PendingCalls {
  private readonly waiting = new Map<string, Waiting>();
  private readonly decided = new Map<string, { readonly call: PendingCall; readonly decision: Decision }>();
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the call is approved. Throws a ModelError `call_denied` when it is not, `abort.reason` at the abort. */
  async ask(scope: CallScope, target: CallTarget, abort: AbortSignal): Promise<void> {
    if (this.waiting.size >= this.settings.maxPendingCalls)
      throw denied('Too many calls to models wait to be approved already.');
    const { callApprovalTimeoutMs: timeoutMs } = this.settings;
    const asked_at = this.clock.now();
    const call: PendingCall = {
      ...{ id: newId(), ...scope, model: target.model, preview: toPreview(target.preview ?? '') },
      ...{ asked_at, expires_at: asked_at + timeoutMs },
    };
    const outcome = await this.wait(call, timeoutMs, abort);
    abort.throwIfAborted();
    if (outcome === 'expired') throw denied('Nobody approved the call to the model in time.');
    if (outcome !== 'approved') throw denied('The call to the model was denied.');
  }

  /** Those that wait, the oldest first; of this owner, where one is named. */
  list(owner?: Owner): readonly PendingCall[] {
    const calls = [...this.waiting.values()].map(({ call }) => call);
    return owner === undefined ? calls : calls.filter((call) => call.owner === owner);
  }

  /**
   * Decides about a call of this owner's; the same again changes nothing. Throws `model_call_not_found` for one that does
   * not wait, `decision_conflict` when it was decided otherwise.
   */
  decide(owner: Owner, id: string, decision: Decision): PendingCall {
    const past = this.decided.get(id);
    if (past?.call.owner === owner) {
      if (past.decision === decision) return past.call;
      throw new DomainError('decision_conflict', `The call was ${past.decision} before.`);
    }
    const waiting = this.waiting.get(id);
    if (waiting?.call.owner !== owner)
      throw new DomainError('model_call_not_found', `No call ${id} waits to be approved.`);
    this.remember(waiting.call, decision);
    waiting.settle(decision);
    return waiting.call;
  }

  /** Calls `onChange` whenever another call waits, or one does no longer. Answers what ends that. */
  watch(onChange: () => void): () => void {
    this.watchers.add(onChange);
    return () => void this.watchers.delete(onChange);
  }

  private wait(
    call: PendingCall,
    timeoutMs: number,
    abort: AbortSignal,
  ): Promise<Decision | 'expired' | 'aborted'> {
    return new Promise((resolve) => {
      const settle: Waiting['settle'] = (outcome) => {
        clearTimeout(timer);
        abort.removeEventListener('abort', leave);
        this.waiting.delete(call.id);
        resolve(outcome);
        this.changed();
      };
      const leave = (): void => settle('aborted');
      const timer = setTimeout(() => settle('expired'), timeoutMs);
      this.waiting.set(call.id, { call, settle });
      if (abort.aborted) return leave();
      abort.addEventListener('abort', leave);
      this.changed();
    });
  }

  private remember(call: PendingCall, decision: Decision): void {
    this.decided.set(call.id, { call, decision });
    for (const oldest of this.decided.keys()) {
      if (this.decided.size <= maxDecided) break;
      this.decided.delete(oldest);
    }
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}

/** The same call again may be approved, but nobody is asked again by itself. */
const denied = (message: string): ModelError => new ModelError('call_denied', message, { retryable: true });
