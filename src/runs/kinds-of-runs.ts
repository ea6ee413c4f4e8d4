import { Injectable } from '@nestjs/common';
import type { Context } from '../contexts/context-row.js';
import type { Owner } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import type { RunEntity } from './run.entity.js';
import type { FinalRunStatus } from './run.store.js';
import type { CallDecision } from './tool-rounds/round-approval.js';

/** How a run came to its end before its work was done. */
export interface RunEnd {
  readonly status: FinalRunStatus;
  readonly error?: { readonly code: string; readonly message: string };
}

/**
 * A kind of run that holds its context's turn and is not an answer of the model; a higher room adds it. Such a run
 * writes down how far it is: after a crash it is given back to be taken again, and goes on from there, if it can.
 */
export interface RunKind {
  /** Throws what failed; RunLost when the run is another's by now. At `leave` the process ends, and waits for nothing. */
  execute(run: RunEntity, stop: AbortSignal, leave: AbortSignal): Promise<void>;
  /** Whether a run that was interrupted where its context stands can go on, or only end. Without it, always. */
  canGoOn?(context: Context): boolean;
  /** The user decides about what it waits for, in the unit of the command. Without it nothing can be decided. */
  decide?(
    tx: Tx,
    context: Context,
    run: RunEntity,
    decisions: readonly CallDecision[],
    by: Owner,
  ): Promise<Context>;
  /** The run was cancelled or has failed, also while it waited: what shows it becomes final, in the same unit. */
  close(tx: Tx, context: Context, run: RunEntity, end: RunEnd): Promise<Context>;
  /**
   * The context is being purged: removes at most `limit` rows of what is remembered of its runs, and answers how many;
   * called again until they are fewer.
   */
  removeSome(tx: Tx, context: Context, limit: number): Promise<number>;
}

/** The kinds of runs beside answers and titles, by the name that `runs.kind` holds. */
@Injectable()
export class RunKinds {
  private readonly kinds = new Map<string, RunKind>();

  /** To be called while the modules are made; runs are taken after that. */
  add(name: string, kind: RunKind): void {
    this.kinds.set(name, kind);
  }

  find(name: string): RunKind | undefined {
    return this.kinds.get(name);
  }

  async removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    let removed = 0;
    for (const kind of this.kinds.values())
      if (removed < limit) removed += await kind.removeSome(tx, context, limit - removed);
    return removed;
  }
}
