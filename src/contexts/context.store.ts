import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../kernel/clock.js';
import { newId, type BranchId, type ContextId, type Owner } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import type { ContextConfig } from './context-config.js';
import { ContextEntity } from './context.entity.js';
import {
  foldTitle,
  lockedColumns,
  newContextRow,
  readContext,
  type Context,
  type ContextBeginning,
} from './context-row.js';
import { contextNotFound, refusedMove } from './refusals.js';
import { stateInSignal, transition, type ContextEvent } from './context-state.js';

/** What a PATCH, a command or a generated title changes, apart from the state. */
export interface ContextChanges {
  readonly title?: string | null;
  readonly title_source?: 'user' | 'generated';
  readonly config?: ContextConfig;
  readonly active_branch?: BranchId;
}

/** What a context is made of. */
export type NewContext = Pick<ContextBeginning, 'title' | 'config'> & { readonly id?: ContextId };

/** Writes contexts. Whatever it changes moves the revision by one and raises one signal. */
@Injectable()
export class ContextStore {
  constructor(private readonly clock: Clock) {}

  /** With an id of its own, unless it is to have one that is known beforehand. */
  async create(tx: Tx, owner: Owner, { id = newId<ContextId>(), ...input }: NewContext): Promise<Context> {
    const row = newContextRow({ ...input, id, owner, created_at: this.clock.now() });
    await tx.insert('contexts', { ...row });
    const created = readContext(row);
    this.raiseUpdated(tx, created, ['created']);
    return created;
  }

  /** Adds a context from elsewhere as it is, revision and times included. What is in it has to be there already. */
  async import(tx: Tx, row: ContextEntity): Promise<void> {
    await tx.insert('contexts', { ...row });
    this.raiseUpdated(tx, readContext(row), ['created']);
  }

  /** The context, kept from other units until this one ends. `context_not_found` also for what `owner` may not see. */
  async lock(tx: Tx, id: ContextId, owner?: Owner): Promise<Context> {
    const context = await this.tryLock(tx, id);
    if (!context || (owner !== undefined && context.owner !== owner)) throw contextNotFound(id);
    return context;
  }

  async tryLock(tx: Tx, id: ContextId): Promise<Context | undefined> {
    const row = await tx.lock<ContextEntity>(`SELECT ${lockedColumns} FROM contexts WHERE id = ?`, id);
    return row && readContext(row);
  }

  /** Moves the state machine. `illegal_transition` (409) when the table has no such move; nothing is written then. */
  advance(tx: Tx, context: Context, event: ContextEvent): Promise<Context> {
    return this.advanceAll(tx, context, [event]);
  }

  /** Several moves at once: a revision and a signal for each, and one write of where they lead. */
  async advanceAll(tx: Tx, context: Context, events: readonly ContextEvent[]): Promise<Context> {
    const now = this.clock.now();
    const moved: Context[] = [];
    for (const event of events) moved.push(movedBy(moved.at(-1) ?? context, event, now));
    const last = moved.at(-1);
    if (!last) return context;
    await tx.run(
      `UPDATE contexts SET state = ?, state_type = ?, is_archived = ?, revision = ?, updated_at = ? WHERE id = ?`,
      ...[
        JSON.stringify(last.state),
        last.state_type,
        last.is_archived,
        last.revision,
        last.updated_at,
        last.id,
      ],
    );
    for (const [index, next] of moved.entries()) this.raiseMoved(tx, moved[index - 1] ?? context, next);
    return last;
  }

  /** A move through a state that this unit leaves again: it is signalled, and what the next `advance` writes holds it. */
  pass(tx: Tx, context: Context, event: ContextEvent): Context {
    const next = movedBy(context, event, this.clock.now());
    this.raiseMoved(tx, context, next);
    return next;
  }

  /** A revision for one more message of the same unit: no two messages share one, so a page of changes can end anywhere. */
  async tick(tx: Tx, context: Context): Promise<Context> {
    const next = { ...context, revision: context.revision + 1, updated_at: this.clock.now() };
    const sql = `UPDATE contexts SET revision = ?, updated_at = ? WHERE id = ?`;
    await tx.run(sql, next.revision, next.updated_at, next.id);
    return next;
  }

  /** `also` names what changed with it elsewhere. */
  async update(
    tx: Tx,
    context: Context,
    changes: ContextChanges,
    also: readonly string[] = [],
  ): Promise<Context> {
    const title = changes.title === undefined ? context.title : changes.title;
    const next: Context = {
      ...context,
      ...changes,
      title,
      title_folded: title === null ? null : foldTitle(title),
      title_source: changes.title_source ?? context.title_source,
      revision: context.revision + 1,
      updated_at: this.clock.now(),
    };
    await tx.orm.update(
      ContextEntity,
      { id: next.id },
      {
        title: next.title,
        title_folded: next.title_folded,
        title_source: next.title_source,
        config: JSON.stringify(next.config),
        ttl_ms: next.config.ttl_ms ?? null,
        active_branch: next.active_branch,
        revision: next.revision,
        updated_at: next.updated_at,
      },
    );
    const changed = Object.keys(changes).filter((field) => field !== 'title_source');
    this.raiseUpdated(tx, next, [...changed, ...also]);
    return next;
  }

  /**
   * Says that something changed which has no column here. Messages that have left the pool each took a revision of
   * their own, the first the one after `context.revision`.
   */
  async touch(tx: Tx, context: Context, changed: readonly string[], removed = 0): Promise<Context> {
    const next = {
      ...context,
      pool_epoch: context.pool_epoch + (removed > 0 ? 1 : 0),
      revision: context.revision + removed + 1,
      updated_at: this.clock.now(),
    };
    await tx.run(
      `UPDATE contexts SET pool_epoch = ?, revision = ?, updated_at = ? WHERE id = ?`,
      ...[next.pool_epoch, next.revision, next.updated_at, next.id],
    );
    this.raiseUpdated(tx, next, changed);
    return next;
  }

  /** What a higher room keeps of the context has changed: it is told under these names. */
  async changed(tx: Tx, context: Context, names: readonly string[]): Promise<Context> {
    const next = await this.tick(tx, context);
    this.raiseUpdated(tx, next, names);
    return next;
  }

  /**
   * Takes the row of a locked context out of the table and answers it: from this unit on nobody finds the context by
   * any way, though all else of it is still there.
   */
  async withdraw(tx: Tx, context: Context): Promise<ContextEntity> {
    const row = await tx.get<ContextEntity>(`SELECT * FROM contexts WHERE id = ?`, context.id);
    if (!row) throw contextNotFound(context.id);
    await tx.run(`DELETE FROM contexts WHERE id = ?`, context.id);
    const withdrawn = { ...row, revision: row.revision + 1 };
    tx.raise(context.owner, {
      type: 'context_deleted',
      context_id: context.id,
      revision: withdrawn.revision,
      timestamp: toTimestamp(this.clock.now()),
      changed: [],
    });
    return withdrawn;
  }

  /** Puts back what `withdraw` answered: the context is there again as it was, one revision later. */
  async putBack(tx: Tx, withdrawn: ContextEntity): Promise<Context> {
    const row = { ...withdrawn, revision: withdrawn.revision + 1, updated_at: this.clock.now() };
    await tx.insert('contexts', { ...row });
    const context = readContext(row);
    this.raiseUpdated(tx, context, ['undeleted']);
    return context;
  }

  private raiseMoved(tx: Tx, before: Context, after: Context): void {
    tx.raise(after.owner, {
      type: 'state_changed',
      context_id: after.id,
      revision: after.revision,
      timestamp: toTimestamp(after.updated_at),
      previous_state: stateInSignal(before.state),
      new_state: stateInSignal(after.state),
    });
  }

  private raiseUpdated(tx: Tx, context: Context, changed: readonly string[]): void {
    tx.raise(context.owner, {
      type: 'context_updated',
      context_id: context.id,
      revision: context.revision,
      timestamp: toTimestamp(context.updated_at),
      changed,
    });
  }
}

function movedBy(context: Context, event: ContextEvent, now: number): Context {
  const state = transition(context.state, event);
  if ('illegal' in state) throw refusedMove(context, event.type);
  return {
    ...context,
    state,
    state_type: state.type,
    is_archived: state.type === 'archived' ? 1 : 0,
    revision: context.revision + 1,
    updated_at: now,
  };
}
