import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { SignalBus } from '../events/signal-bus.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import type { RequestKey } from '../kernel/request-key.js';
import { unitSeconds, unitsCommitted, unitsUndone } from './commit-metrics.js';
import { tracing } from '../telemetry/tracing.js';
import { Database, type Committed, type Work } from './database.js';
import type { FullText } from './full-text.js';
import type { Snapshot } from './snapshot.js';
import type { Reads } from './tx.js';

/** The one way to write, and the way to read. */
@Injectable()
export class Storage implements OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly bus: SignalBus,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  get reads(): Reads {
    return this.database.reads;
  }

  get fullText(): FullText {
    return this.database.fullText;
  }

  /** Units that have not been committed yet. */
  get waiting(): number {
    return this.database.waiting;
  }

  get dialect(): Database['dialect'] {
    return this.database.dialect;
  }

  /**
   * One consistent view, however much is written meanwhile, for a read of many pages. Whoever opened it closes it: as
   * long as it is open, SQLite's write-ahead log grows and PostgreSQL keeps what was removed.
   */
  snapshot(): Promise<Snapshot> {
    return this.database.snapshot();
  }

  /** Runs a unit: COMMIT, then its signals, then its answer. `name` is what the log calls it. */
  async commit<Answer>(name: string, work: Work<Answer>): Promise<Answer> {
    const began = performance.now();
    const { answer, raised, notes } = await this.committed(name, work);
    unitSeconds.observe((performance.now() - began) / 1000);
    unitsCommitted.of(name).add();
    for (const { owner, signal } of raised) this.bus.publish(owner, signal);
    for (const note of notes) note();
    return answer;
  }

  /**
   * Like `commit`, at most once per key: the answer is recorded in the command's own transaction, so that no crash
   * can come between the two. A repeat gets the recorded answer; a unit that failed recorded nothing.
   */
  async commitOnce<Answer>(name: string, key: RequestKey | undefined, work: Work<Answer>): Promise<Answer> {
    if (!key) return this.commit(name, work);
    return this.commit(name, async (tx) => {
      const { owner, fingerprint } = key;
      const now = this.clock.now();
      await tx.run(
        `DELETE FROM idempotency_keys WHERE owner = ? AND key = ? AND created_at <= ?`,
        ...[owner, key.key, now - this.settings.idempotencyTtlMs],
      );
      // A repeat that runs at the same time waits here for the first one's COMMIT.
      const isFirst = await tx.run(
        `INSERT INTO idempotency_keys (owner, key, fingerprint, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        ...[owner, key.key, fingerprint, now],
      );
      if (isFirst === 0) {
        const sql = `SELECT fingerprint, answer FROM idempotency_keys WHERE owner = ? AND key = ?`;
        return recordedAnswer<Answer>(fingerprint, await tx.get(sql, owner, key.key));
      }
      const answer = await work(tx);
      const sql = `UPDATE idempotency_keys SET answer = ? WHERE owner = ? AND key = ?`;
      await tx.run(sql, JSON.stringify(answer), owner, key.key);
      return answer;
    });
  }

  private async committed<Answer>(name: string, work: Work<Answer>): Promise<Committed<Answer>> {
    try {
      // Units run one after another, in whatever order: each as a part of what asked for it.
      return await this.database.commit(name, tracing()?.bind(work) ?? work);
    } catch (error) {
      const isUnavailable = error instanceof DomainError && error.code === 'storage_unavailable';
      unitsUndone.of(name, isUnavailable ? 'unavailable' : 'refused').add();
      throw error;
    }
  }

  /** Throws `storage_unavailable` when nothing can be written before the next start. */
  refuseWhenLost(): void {
    this.database.refuseWhenLost();
  }

  /** Forgets keys whose time is over, so that the table holds no more than a day of them. */
  forgetOldKeys(): Promise<number> {
    const before = this.clock.now() - this.settings.idempotencyTtlMs;
    return this.commit('forget_old_keys', (tx) =>
      tx.run(`DELETE FROM idempotency_keys WHERE created_at <= ?`, before),
    );
  }

  /** Last of all: the server has closed, and no run is left. */
  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}

function recordedAnswer<Answer>(fingerprint: string, row?: { fingerprint: string; answer: string }): Answer {
  if (row?.fingerprint === fingerprint) return JSON.parse(row.answer) as Answer;
  throw new DomainError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another request; use a new key for a new request.',
  );
}
