import { setMaxListeners } from 'node:events';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import type { RunId } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import { within, type Span } from '../telemetry/tracing.js';
import { AnswerRun } from './answer-run.js';
import { reasonOf, RunLost, type StopReason } from './answer.js';
import { NodeId } from './node-id.js';
import { Reconciler } from './reconciler.js';
import type { RunEntity } from './run.entity.js';
import { beginRunSpan, noteEnd } from './run-spans.js';
import { RunKinds } from './kinds-of-runs.js';
import { RunStore } from './run.store.js';
import { TitleRun } from './titles/title-run.js';

interface LiveRun {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/**
 * Takes accepted runs and executes them. Invariants: the `runs` table is the truth, and a wake-up a hint that a slow
 * poll makes good; this node executes at most `maxConcurrentRuns`, the rest wait in the table; it renews the leases
 * of those it executes and of no others; when it ends, every run has ended or is marked as interrupted.
 */
@Injectable()
export class Runner implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('runs');
  private readonly live = new Map<RunId, LiveRun>();
  /** Aborted when the process is about to end and waits for nothing any more. */
  private readonly leave = new AbortController();
  private claiming: Promise<void> = Promise.resolve();
  private isClaiming = false;
  private tending: Promise<void> | undefined;
  private isWoken = false;
  private isDraining = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly runs: RunStore,
    private readonly answers: AnswerRun,
    private readonly titles: TitleRun,
    private readonly kinds: RunKinds,
    private readonly reconciler: Reconciler,
    private readonly node: NodeId,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** What a crash left behind is put right before the first request is answered. */
  async onApplicationBootstrap(): Promise<void> {
    await this.reconciler.reconcile({ isStart: true, isLive: () => false });
    await this.reconciler.endOverdueCalls(true);
    // Every call of a tool that is under way listens, and there may be many.
    setMaxListeners(0, this.leave.signal);
    this.timer = setInterval(() => this.tend(), Math.ceil(this.settings.runLeaseMs / 3)).unref();
    this.wake();
  }

  /** Commands that would start a run are refused once the process is about to end (503, `draining`). */
  refuseWhileDraining(): void {
    if (this.isDraining)
      throw new DomainError('draining', 'The server is shutting down; try again in a moment.');
  }

  /** Runs that this node executes now. */
  get liveCount(): number {
    return this.live.size;
  }

  /** There may be a run to take. To be called after the commit that accepted one. */
  wake(): void {
    this.isWoken = true;
    if (this.isDraining || this.isClaiming) return;
    this.isClaiming = true;
    this.claiming = this.claim();
  }

  /** The turn of this run was ended: its call to the model is aborted. Of another node's run this knows nothing. */
  stop(runId: RunId | undefined): void {
    if (runId) this.live.get(runId)?.stop.abort('turn_ended' satisfies StopReason);
  }

  /** Lets open runs finish within `drainMs`; what is left then is marked as interrupted, with all its text. */
  async onModuleDestroy(): Promise<void> {
    this.isDraining = true;
    await this.claiming;
    const all = Promise.all([...this.live.values()].map((run) => run.done));
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, this.settings.drainMs).unref())]);
    for (const run of this.live.values()) run.stop.abort('draining' satisfies StopReason);
    this.leave.abort();
    await all;
    // Until here, so that no other node takes a run that is still being finished.
    clearInterval(this.timer);
    await this.tending;
  }

  private async claim(): Promise<void> {
    try {
      while (this.isWoken && !this.isDraining && this.room > 0) {
        this.isWoken = false;
        const until = this.clock.now() + this.settings.runLeaseMs;
        const taken = await this.storage.commit('claim_runs', (tx) =>
          this.runs.claim(tx, this.node.id, until, this.room),
        );
        for (const run of taken) this.start(run);
      }
    } catch (error) {
      this.logger.error({ err: error, msg: 'Runs could not be taken; the next poll tries again.' });
    } finally {
      // In the same turn as the last look at isWoken: whoever wakes from here on begins a claim of its own.
      this.isClaiming = false;
    }
  }

  private get room(): number {
    return this.settings.maxConcurrentRuns - this.live.size;
  }

  private start(run: RunEntity): void {
    const stop = new AbortController();
    const done = this.execute(run, stop.signal).finally(() => {
      this.live.delete(run.id);
      this.wake();
    });
    this.live.set(run.id, { stop, done });
  }

  private async execute(run: RunEntity, stop: AbortSignal): Promise<void> {
    const span = beginRunSpan(run);
    await within(span, () => this.perform(run, stop, span));
    span?.end();
  }

  private async perform(run: RunEntity, stop: AbortSignal, span: Span | undefined): Promise<void> {
    try {
      if (run.kind === 'title') await this.titles.execute(run, stop);
      else await (this.kinds.find(run.kind) ?? this.answers).execute(run, stop, this.leave.signal);
    } catch (error) {
      noteEnd(span, error, stop);
      await this.giveUp(run, error, stop.reason as StopReason | undefined);
    }
  }

  private async giveUp(run: RunEntity, error: unknown, reason: StopReason | undefined): Promise<void> {
    if (error instanceof RunLost || reason === 'turn_ended') return;
    try {
      if (reason === 'draining') return await this.reconciler.interrupt(run, 'The server was stopped.');
      const failure = reasonOf(error);
      if (failure.code === 'internal_error')
        this.logger.error({ err: error, run_id: run.id, msg: 'A run failed.' });
      await this.reconciler.fail(run, failure);
    } catch (second) {
      // Not even that could be written. The lease lapses, and whoever finds the run then puts it right.
      this.logger.error({ err: second, run_id: run.id, msg: 'The end of a run could not be recorded.' });
    }
  }

  /** Keeps the leases of live runs, finds what lost hints missed, and puts right what other nodes left behind. */
  private tend(): void {
    // On a machine that is too busy for one round at a time, two would only make it busier.
    this.tending ??= this.tendOnce()
      .catch((error: unknown) =>
        this.logger.error({ err: error, msg: 'Runs could not be tended; the next round tries again.' }),
      )
      .finally(() => (this.tending = undefined));
  }

  private async tendOnce(): Promise<void> {
    try {
      const lost = await this.storage.commit('renew_leases', (tx) =>
        this.runs.renew(tx, this.node.id, [...this.live.keys()], this.clock.now() + this.settings.runLeaseMs),
      );
      // Ended on another node, which could not tell this one: a model that is silent would go on unseen.
      for (const id of lost) this.stop(id);
      await this.reconciler.reconcile({ isLive: (id) => this.live.has(id) });
      await this.reconciler.interruptIdleStreams();
      await this.reconciler.endOverdueCalls();
    } finally {
      this.wake();
    }
  }
}
