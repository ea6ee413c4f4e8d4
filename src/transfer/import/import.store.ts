import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { BranchStore } from '../../contexts/branch.store.js';
import type { ContextEntity } from '../../contexts/context.entity.js';
import { ContextStore } from '../../contexts/context.store.js';
import { readContext } from '../../contexts/context-row.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { ContextId, MessageId } from '../../kernel/ids.js';
import { MessageStore } from '../../messages/message.store.js';
import { PinStore } from '../../messages/pin.store.js';
import { inList, isSome } from '../../storage/in-list.js';
import type { Tx } from '../../storage/tx.js';
import { ChunkStore } from '../../streaming/chunk.store.js';
import { StreamStore } from '../../streaming/stream.store.js';
import type { MessageRecord } from '../record/record-kinds.js';
import type { ImportedContextEntity } from './imported-context.entity.js';
import type { ContextRows } from './map-rows.js';

/** Rows that are removed in one unit. */
const removedPerUnit = 200;

/**
 * Writes what is imported in units that are small enough for others to write between them. Invariants:
 * - the row in `contexts` comes last: until then nothing of the context is there for anybody;
 * - as long as it is not there, a row in `imported_contexts` says whose the messages are, and one in `imports` that
 *   somebody still writes: a crash leaves nothing behind;
 * - nothing is removed of an import before it is given up, by a `lease_until` of 0: from then on it writes nothing more.
 */
@Injectable()
export class ImportStore {
  constructor(
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly pins: PinStore,
    private readonly chunks: ChunkStore,
    private readonly streams: StreamStore,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async begin(tx: Tx, id: string): Promise<void> {
    await tx.insert('imports', { id, lease_until: this.leaseUntil() });
  }

  /** Takes a context's id; `id_taken` when there is a context of it, or an import. */
  async take(tx: Tx, importId: string, context: ContextEntity): Promise<void> {
    await this.hold(tx, importId);
    const taken = await tx.run(
      `INSERT INTO imported_contexts (context_id, import_id, context) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
      ...[context.id, importId, JSON.stringify(context)],
    );
    // Looked at second: an import that has just ended has made one of it.
    const { id } = context;
    const there =
      (await tx.get(`SELECT id FROM contexts WHERE id = ?`, id)) ??
      (await tx.get(`SELECT id FROM deleted_contexts WHERE id = ?`, id));
    if (taken === 0 || there) throw idTaken(id);
  }

  /** Adds messages to it; `id_taken` when one of them is anybody's already. */
  async add(
    tx: Tx,
    importId: string,
    context: ContextEntity,
    messages: readonly MessageRecord[],
  ): Promise<void> {
    await this.hold(tx, importId);
    const ids = messages.map(({ message }) => message.id);
    if (!isSome(ids)) return;
    const { marks, params } = inList(ids);
    const sql = `SELECT id FROM messages WHERE id IN (${marks}) LIMIT 1`;
    const taken = await tx.get<{ id: MessageId }>(sql, ...params);
    if (taken) throw idTaken(taken.id);
    const rows = messages.map(({ message, finish_reason, chunks }) => {
      const final_sequence = message.kind === 'streaming_response' ? chunks.length : null;
      return { message, finish_reason, final_sequence };
    });
    await this.messages.import(tx, readContext(context), rows);
    for (const { message, chunks } of messages) await this.chunks.import(tx, message.id, chunks);
  }

  /** Makes contexts of all that was added. */
  async end(tx: Tx, importId: string, contexts: readonly ContextRows[]): Promise<void> {
    await this.hold(tx, importId);
    for (const { context, branches, parts, removed, pins } of contexts) {
      await this.branches.import(tx, branches, parts);
      await this.messages.importRemoved(tx, context.id, removed);
      await this.pins.import(tx, pins);
      await this.contexts.import(tx, context);
    }
    await tx.run(`DELETE FROM imported_contexts WHERE import_id = ?`, importId);
    await tx.run(`DELETE FROM imports WHERE id = ?`, importId);
  }

  /** Moves the end of its lease; false once it has ended or was given up. */
  async renew(tx: Tx, importId: string): Promise<boolean> {
    const sql = `UPDATE imports SET lease_until = ? WHERE id = ? AND lease_until > 0`;
    return (await tx.run(sql, this.leaseUntil(), importId)) > 0;
  }

  /** Gives an import up whose lease is over still; false when it is not, or no import is there. */
  async claim(tx: Tx, importId: string): Promise<boolean> {
    const sql = `UPDATE imports SET lease_until = 0 WHERE id = ? AND lease_until < ?`;
    return (await tx.run(sql, importId, this.clock.now())) > 0;
  }

  /** Gives an import up for its maker; false when it has ended. */
  async abandon(tx: Tx, importId: string): Promise<boolean> {
    return (await tx.run(`UPDATE imports SET lease_until = 0 WHERE id = ?`, importId)) > 0;
  }

  /** Imports whose makers are gone. */
  async abandoned(tx: Tx): Promise<readonly string[]> {
    const sql = `SELECT id FROM imports WHERE lease_until < ? LIMIT 100`;
    return (await tx.all<{ id: string }>(sql, this.clock.now())).map(({ id }) => id);
  }

  /** Removes some of what an import that was given up has written; true when that was the rest of it. */
  async drop(tx: Tx, importId: string): Promise<boolean> {
    const found = await tx.lock<ImportedContextEntity>(
      `SELECT * FROM imported_contexts WHERE import_id = ? LIMIT 1`,
      importId,
    );
    if (!found) {
      await tx.run(`DELETE FROM imports WHERE id = ?`, importId);
      return true;
    }
    await this.dropSome(tx, importId, found.context_id);
    return false;
  }

  /** Removes some of what the import has written of one context; true while there is more of it. */
  async dropSome(tx: Tx, importId: string, id: ContextId): Promise<boolean> {
    // Another import may have taken the id since this one was swept away.
    const sql = `SELECT * FROM imported_contexts WHERE context_id = ? AND import_id = ?`;
    const found = await tx.lock<ImportedContextEntity>(sql, id, importId);
    if (!found) return false;
    const context = readContext(JSON.parse(found.context) as ContextEntity);
    const ids = await this.messages.some(tx, context, removedPerUnit);
    if ((await this.streams.removeSome(tx, ids, removedPerUnit)) === removedPerUnit) return true;
    await this.messages.remove(tx, context, ids);
    if (ids.length === removedPerUnit) return true;
    await tx.run(`DELETE FROM imported_contexts WHERE context_id = ?`, id);
    return false;
  }

  /** Whoever took longer than the lease may have been swept away: then nothing more is written. */
  private async hold(tx: Tx, importId: string): Promise<void> {
    if (!(await this.renew(tx, importId)))
      throw new DomainError('storage_unavailable', 'The import took too long and was given up.');
  }

  private leaseUntil(): number {
    return this.clock.now() + this.settings.runLeaseMs;
  }
}

const idTaken = (id: ContextId | MessageId): DomainError =>
  new DomainError('id_taken', `The id ${id} is taken already.`);
