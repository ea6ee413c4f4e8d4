import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { Context } from '../contexts/context-row.js';
import { ContextStore } from '../contexts/context.store.js';
import { Clock } from '../kernel/clock.js';
import type { RunId } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import type { OpenStreamEntity } from '../streaming/open-stream.entity.js';
import { StreamStore } from '../streaming/stream.store.js';
import type { FailureReason } from './answer.js';
import type { RunEntity } from './run.entity.js';
import { RunKinds } from './kinds-of-runs.js';
import { RunStore } from './run.store.js';
import { RoundSteps } from './tool-rounds/round-steps.js';
import { ToolCallStore } from './tool-rounds/tool-call.store.js';
import { Turns, type TurnEnd } from './turns.js';

/** Runs that are looked for at a time. */
const page = 1000;

interface Reconciling {
  /** Before anything was claimed by this process. */
  readonly isStart?: boolean;
  /** True for what this process executes right now. */
  readonly isLive: (id: RunId) => boolean;
}

/** Ends runs that cannot go on, and finds those whose process has died. What was committed of them is kept. */
@Injectable()
export class Reconciler {
  private readonly logger = new Logger('runs');

  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly streams: StreamStore,
    private readonly kinds: RunKinds,
    private readonly calls: ToolCallStore,
    private readonly rounds: RoundSteps,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Interrupts every running run without a living owner. On SQLite the data folder belongs to one process, so at its
   * start there is no living owner at all; between nodes the lease tells.
   */
  async reconcile({ isStart = false, isLive }: Reconciling): Promise<void> {
    const isAlone = isStart && this.storage.dialect === 'sqlite';
    const before = isAlone ? Number.MAX_SAFE_INTEGER : this.clock.now();
    let isMore = true;
    while (isMore) {
      const lapsed = await this.storage.commit('find_lapsed_runs', async (tx) => {
        await this.runs.shortenLeases(tx, this.clock.now() + this.settings.runLeaseMs);
        return this.runs.lapsed(tx, before, page);
      });
      // A node that could not renew in time has only been slow: what it executes is nobody's to end.
      const orphans = lapsed.filter((run) => !isLive(run.id));
      if (orphans.length > 0) this.logger.warn(`${orphans.length} runs were found without a living owner.`);
      for (const run of orphans) await this.despite(run.id, () => this.interruptOrphan(run));
      // Only a full page says that there may be more: one that cannot be ended would otherwise be found for ever.
      isMore = lapsed.length === page && orphans.length > 0;
    }
  }

  /**
   * Ends the results that cancelled turns left open for calls that were running, once those have ended for sure: whoever
   * was to tell their outcome is gone. At the start of the only process that is all of them.
   */
  async endOverdueCalls(isStart = false): Promise<void> {
    const isAlone = isStart && this.storage.dialect === 'sqlite';
    const before = isAlone ? Number.MAX_SAFE_INTEGER : this.clock.now();
    const overdue = await this.storage.commit('find_overdue_calls', (tx) =>
      this.calls.overdue(tx, before, page),
    );
    for (const call of overdue) await this.despite(call.tool_call_id, () => this.rounds.giveUp(call));
  }

  /** Ends the streams of external producers that have been silent for too long: they are gone, and would block. */
  async interruptIdleStreams(): Promise<void> {
    const now = this.clock.now();
    const since = now - this.settings.externalStreamIdleMs;
    const idle = await this.storage.commit('find_idle_streams', async (tx) => {
      await this.streams.datedAtMost(tx, now);
      return this.streams.idleExternal(tx, since);
    });
    // Until this process is that old, the silence may be ours: nobody can speak to a server that is down.
    if (performance.now() < this.settings.externalStreamIdleMs) return;
    for (const stream of idle) await this.despite(stream.message_id, () => this.interruptIdle(stream, since));
  }

  private interruptIdle({ context_id, message_id }: OpenStreamEntity, since: number): Promise<void> {
    return this.storage.commit('interrupt_idle_stream', async (tx) => {
      const context = await this.contexts.tryLock(tx, context_id);
      const stream = context && (await this.streams.find(tx, context_id));
      if (!context || stream?.message_id !== message_id || stream.appended_at >= since) return;
      await this.endTurn(tx, context, undefined, interruptedBy('The producer of the answer went silent.'));
    });
  }

  /** One that cannot be ended now does not keep the others from it; the next round tries again. */
  private async despite(id: string, end: () => Promise<void>): Promise<void> {
    try {
      await end();
    } catch (error) {
      this.logger.error({ err: error, id, msg: 'A turn without an owner could not be ended.' });
    }
  }

  /** The turn ends with what was committed, and `retry` begins it again. What knows how far it was is taken again. */
  async interrupt(run: RunEntity, message: string): Promise<void> {
    await this.ending('interrupt_run', run, (tx, context) => this.breakOff(tx, context, run, message));
  }

  private async interruptOrphan(run: RunEntity): Promise<void> {
    await this.ending('interrupt_orphan', run, async (tx, context) => {
      if (await this.runs.isStill(tx, run))
        await this.breakOff(tx, context, run, 'The server stopped before the answer was whole.');
    });
  }

  private breakOff(tx: Tx, context: Context, run: RunEntity, message: string): Promise<void> {
    const kind = this.kinds.find(run.kind);
    const isResumable = kind
      ? (kind.canGoOn?.(context) ?? true)
      : run.kind === 'title' || context.state.type === 'processing_tool';
    if (isResumable) return this.runs.release(tx, run.id);
    return this.endTurn(tx, context, run, interruptedBy(message));
  }

  async fail(run: RunEntity, reason: FailureReason): Promise<void> {
    await this.ending('fail_run', run, async (tx, context) => {
      if (run.kind === 'title') return this.runs.end(tx, run.id, 'failed', reason);
      await this.endTurn(tx, context, run, {
        event: { type: 'failed', ...reason },
        run: 'failed',
        stream: { status: 'failed', finish_reason: 'error' },
      });
    });
  }

  private async endTurn(tx: Tx, context: Context, run: RunEntity | undefined, end: TurnEnd): Promise<void> {
    const next = await this.turns.end(tx, context, run, end);
    await this.turns.startNext(tx, next);
  }

  private async ending(
    name: string,
    run: RunEntity,
    end: (tx: Tx, context: Context) => Promise<void>,
  ): Promise<void> {
    await this.storage.commit(name, async (tx) => {
      const context = await this.contexts.tryLock(tx, run.context_id);
      // Ended, taken by another node or deleted in the meantime: then it is not ours to end.
      if (context && (await this.runs.isHeldAs(tx, run))) await end(tx, context);
    });
  }
}

const interruptedBy = (message: string): TurnEnd => ({
  event: { type: 'failed', code: 'interrupted', message, retryable: true },
  run: 'interrupted',
  stream: { status: 'interrupted', finish_reason: null },
});
