import { Injectable } from '@nestjs/common';
import type { ContextEntity } from '../contexts/context.entity.js';
import { contextNotFound } from '../contexts/refusals.js';
import { Clock } from '../kernel/clock.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import type { DeletedContextEntity, DeletionReason } from './deleted-context.entity.js';

export type DeletedContext = Readonly<DeletedContextEntity>;

/** Writes which contexts are deleted. An id is in this table or in `contexts`, never in both. */
@Injectable()
export class DeletedContextStore {
  constructor(private readonly clock: Clock) {}

  /** Takes the row that was withdrawn from `contexts`. With a grace of 0 it cannot come back. */
  async add(tx: Tx, context: ContextEntity, reason: DeletionReason, graceMs: number): Promise<void> {
    const deleted_at = this.clock.now();
    const row: DeletedContextEntity = {
      id: context.id,
      owner: context.owner,
      context: JSON.stringify(context),
      reason,
      deleted_at,
      purge_at: graceMs === 0 ? 0 : deleted_at + graceMs,
    };
    await tx.insert('deleted_contexts', { ...row });
  }

  /** A deleted context, kept from other units until this one ends; `context_not_found` also for what `owner` may not see. */
  async lock(tx: Tx, id: ContextId, owner: Owner): Promise<DeletedContext> {
    const found = await this.tryLock(tx, id);
    if (found?.owner !== owner) throw contextNotFound(id);
    return found;
  }

  tryLock(tx: Tx, id: ContextId): Promise<DeletedContext | undefined> {
    return tx.lock<DeletedContextEntity>(`SELECT * FROM deleted_contexts WHERE id = ?`, id);
  }

  /** From here on it cannot come back, whatever the clock says. */
  async giveUp(tx: Tx, id: ContextId): Promise<void> {
    await tx.run(`UPDATE deleted_contexts SET purge_at = 0 WHERE id = ?`, id);
  }

  async remove(tx: Tx, id: ContextId): Promise<void> {
    await tx.run(`DELETE FROM deleted_contexts WHERE id = ?`, id);
  }
}

/** The row that the context had. */
export const rowOf = ({ context }: DeletedContext): ContextEntity => JSON.parse(context) as ContextEntity;
