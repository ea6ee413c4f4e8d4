import { Injectable } from '@nestjs/common';
import type { Context } from '../contexts/context-row.js';
import { Clock } from '../kernel/clock.js';
import { newId, type BranchId, type ContextId, type MessageId, type RunId } from '../kernel/ids.js';
import { removeSome } from '../storage/remove-some.js';
import type { Tx } from '../storage/tx.js';
import { tracing } from '../telemetry/tracing.js';
import type { RunEntity } from './run.entity.js';
import { runsAccepted, runsEnded, runSeconds } from './run-metrics.js';

/**
 * `queued`: its message waits behind another run. `accepted`: its message is in the pool, any node may take it.
 * `running`: the node in `lease_owner` executes it. `waiting`: for the user's approval, without a node. `paused`: laid
 * aside, without the context's turn. The others are final.
 */
export type RunStatus = OpenRunStatus | FinalRunStatus;
export type OpenRunStatus = 'queued' | 'accepted' | 'running' | 'waiting' | 'paused';
export type FinalRunStatus = 'completed' | 'failed' | 'cancelled' | 'interrupted';

export interface NewRun {
  readonly id?: RunId;
  /** `answer`, `title`, or one that RunKinds has. */
  readonly kind: string;
  readonly status: 'queued' | 'accepted';
  readonly branch: BranchId;
  readonly messageId: MessageId | null;
  readonly model: string | null;
  /** JSON of what a queued run will add to the pool. */
  readonly input?: string;
}

/** Writes runs. Of one context at most one that holds the turn is accepted, running or waiting; the state machine sees to it. */
@Injectable()
export class RunStore {
  constructor(private readonly clock: Clock) {}

  async add(tx: Tx, context: Context, run: NewRun): Promise<RunEntity> {
    const row: RunEntity = {
      id: run.id ?? newId<RunId>(),
      context_id: context.id,
      branch: run.branch,
      kind: run.kind,
      status: run.status,
      message_id: run.messageId,
      model: run.model,
      answering_model: null,
      input: run.input ?? null,
      lease_owner: null,
      lease_until: 0,
      depth: 0,
      error: null,
      trace_parent: tracing()?.traceParent() ?? null,
      created_at: this.clock.now(),
      ended_at: null,
    };
    await tx.insert('runs', { ...row });
    tx.whenCommitted(() => runsAccepted.of(row.kind).add());
    return row;
  }

  /** The run that holds the context's turn now, also while it waits for the user. */
  current(tx: Tx, contextId: ContextId): Promise<RunEntity | undefined> {
    const sql = `SELECT * FROM runs WHERE context_id = ? AND status IN ('accepted', 'running', 'waiting') AND kind <> 'title'`;
    return tx.get<RunEntity>(sql, contextId);
  }

  get(tx: Tx, contextId: ContextId, id: RunId): Promise<RunEntity | undefined> {
    return tx.get<RunEntity>(`SELECT * FROM runs WHERE id = ? AND context_id = ?`, id, contextId);
  }

  /** The runs that wait behind the current one, in the order in which they came. */
  queued(tx: Tx, contextId: ContextId): Promise<RunEntity[]> {
    const sql = `SELECT * FROM runs WHERE context_id = ? AND status = 'queued' ORDER BY id`;
    return tx.all<RunEntity>(sql, contextId);
  }

  /** Every run of the context that is not over, of both kinds. */
  open(tx: Tx, contextId: ContextId): Promise<Pick<RunEntity, 'id' | 'status'>[]> {
    const sql = `SELECT id, status FROM runs WHERE context_id = ? AND status IN ('queued', 'accepted', 'running', 'waiting', 'paused')`;
    return tx.all(sql, contextId);
  }

  /** The runs on a branch that are not over. */
  openOn(tx: Tx, contextId: ContextId, branch: BranchId): Promise<Pick<RunEntity, 'id' | 'kind'>[]> {
    const sql = `SELECT id, kind FROM runs WHERE context_id = ? AND branch = ?
      AND status IN ('queued', 'accepted', 'running', 'waiting', 'paused')`;
    return tx.all(sql, contextId, branch);
  }

  /** The answer that ended last: the one that the context's state speaks of. */
  lastAnswer(tx: Tx, contextId: ContextId): Promise<RunEntity | undefined> {
    const sql = `SELECT * FROM runs WHERE context_id = ? AND status = 'completed' AND kind = 'answer' ORDER BY id DESC LIMIT 1`;
    return tx.get<RunEntity>(sql, contextId);
  }

  /** The newest run that answered, or tried to answer, this message. */
  lastFor(tx: Tx, contextId: ContextId, messageId: MessageId): Promise<RunEntity | undefined> {
    const sql = `SELECT * FROM runs WHERE context_id = ? AND message_id = ? AND kind = 'answer' ORDER BY id DESC LIMIT 1`;
    return tx.get<RunEntity>(sql, contextId, messageId);
  }

  /** Whether a title was ever asked for in this context. */
  async hasTitleRun(tx: Tx, contextId: ContextId): Promise<boolean> {
    const sql = `SELECT id FROM runs WHERE context_id = ? AND kind = 'title' LIMIT 1`;
    return (await tx.get(sql, contextId)) !== undefined;
  }

  async accept(tx: Tx, id: RunId): Promise<void> {
    await tx.run(`UPDATE runs SET status = 'accepted', input = NULL WHERE id = ?`, id);
  }

  async end(
    tx: Tx,
    id: RunId,
    status: FinalRunStatus,
    error?: { code: string; message: string },
  ): Promise<void> {
    const now = this.clock.now();
    const ended = await tx.get<Pick<RunEntity, 'kind' | 'created_at'>>(
      `UPDATE runs SET status = ?, error = ?, ended_at = ?, lease_until = 0, input = NULL WHERE id = ?
       RETURNING kind, created_at`,
      ...[status, error ? JSON.stringify(error) : null, now, id],
    );
    if (!ended) return;
    tx.whenCommitted(() => {
      runsEnded.of(ended.kind, status).add();
      runSeconds.of(ended.kind).observe(Math.max(0, now - ended.created_at) / 1000);
    });
  }

  /** Takes accepted runs for a node, oldest first. Two nodes never take the same one: the second finds it running. */
  claim(tx: Tx, node: string, leaseUntil: number, limit: number): Promise<RunEntity[]> {
    // COALESCE keeps SQLite from going by the status, through all that wait; it is asked for the second node's sake.
    return tx.all<RunEntity>(
      `UPDATE runs SET status = 'running', lease_owner = ?, lease_until = ?
       WHERE COALESCE(status, '') = 'accepted'
         AND id IN (SELECT id FROM runs WHERE status = 'accepted' AND lease_until = 0 ORDER BY id LIMIT ?)
       RETURNING *`,
      ...[node, leaseUntil, limit],
    );
  }

  /** True while the run is this node's to write for; kept so until the unit ends. */
  async isHeld(tx: Tx, id: RunId, node: string): Promise<boolean> {
    const sql = `SELECT id FROM runs WHERE id = ? AND status = 'running' AND lease_owner = ?`;
    return (await tx.lock(sql, id, node)) !== undefined;
  }

  /** Answers those of the runs that are not this node's any more. */
  async renew(tx: Tx, node: string, ids: readonly RunId[], leaseUntil: number): Promise<RunId[]> {
    const sql = `UPDATE runs SET lease_until = ? WHERE id = ? AND status = 'running' AND lease_owner = ?`;
    const lost: RunId[] = [];
    for (const id of ids) if ((await tx.run(sql, leaseUntil, id, node)) === 0) lost.push(id);
    return lost;
  }

  /** Brings leases that reach past `latest` back to it: the clock that they were set by has been set back since. */
  async shortenLeases(tx: Tx, latest: number): Promise<void> {
    const sql = `UPDATE runs SET lease_until = ? WHERE status = 'running' AND lease_until > ?`;
    await tx.run(sql, latest, latest);
  }

  /** Running runs whose node has not renewed its lease. */
  lapsed(tx: Tx, before: number, limit: number): Promise<RunEntity[]> {
    const sql = `SELECT * FROM runs WHERE status = 'running' AND lease_until < ? ORDER BY lease_until, id LIMIT ?`;
    return tx.all<RunEntity>(sql, before, limit);
  }

  /** True while the run belongs to whom it belonged to when it was read; the lease may have been renewed since. */
  async isHeldAs(tx: Tx, run: RunEntity): Promise<boolean> {
    return run.lease_owner !== null && this.isHeld(tx, run.id, run.lease_owner);
  }

  /** True while the run is as it was found, its lease not renewed either: nobody has shown any life. */
  async isStill(tx: Tx, run: RunEntity): Promise<boolean> {
    const sql = `SELECT lease_until FROM runs WHERE id = ?`;
    const row = await tx.get<Pick<RunEntity, 'lease_until'>>(sql, run.id);
    return row?.lease_until === run.lease_until && this.isHeldAs(tx, run);
  }

  /** Gives a run back to whoever takes it next. */
  async release(tx: Tx, id: RunId): Promise<void> {
    await tx.run(`UPDATE runs SET status = 'accepted', lease_owner = NULL, lease_until = 0 WHERE id = ?`, id);
  }

  /** The model that a run has begun to ask. */
  async answerWith(tx: Tx, id: RunId, model: string): Promise<void> {
    await tx.run(`UPDATE runs SET answering_model = ? WHERE id = ?`, model, id);
  }

  /** The round of tool calls that a run has come to. */
  async deepen(tx: Tx, id: RunId, depth: number): Promise<void> {
    await tx.run(`UPDATE runs SET depth = ? WHERE id = ?`, depth, id);
  }

  /** Until the user has decided, nobody executes it, and it has no lease that could lapse. */
  async wait(tx: Tx, id: RunId): Promise<void> {
    await tx.run(`UPDATE runs SET status = 'waiting', lease_owner = NULL, lease_until = 0 WHERE id = ?`, id);
  }

  /** Laid aside until it is released: it holds no turn meanwhile. */
  async pause(tx: Tx, id: RunId): Promise<void> {
    await tx.run(`UPDATE runs SET status = 'paused', lease_owner = NULL, lease_until = 0 WHERE id = ?`, id);
  }

  /** Removes at most `limit` of the runs of a context that is being purged, and answers how many. */
  removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    return removeSome(tx, context.id, limit, [['runs', 'id']]);
  }
}
