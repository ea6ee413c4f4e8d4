import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { newId, type ContextId, type Owner } from '../../kernel/ids.js';
import type { Tx } from '../../storage/tx.js';
import type { AuditEntryEntity } from './audit-entry.entity.js';
import type { Actor, AuditAction } from './audit-kinds.js';

export interface NewAuditEntry {
  readonly owner: Owner;
  readonly actor: Actor;
  readonly action: AuditAction;
  readonly context_id: ContextId;
  /** Numbers and names of ours, never what people wrote. */
  readonly facts: Readonly<Record<string, number | string>>;
}

export type AuditEntry = NewAuditEntry & Pick<AuditEntryEntity, 'id' | 'created_at'>;

/** Keeps what was done to contexts: in the unit that does it, and in the server's log once that is committed. */
@Injectable()
export class AuditStore {
  private readonly logger = new Logger('audit');

  constructor(private readonly clock: Clock) {}

  async add(tx: Tx, entry: NewAuditEntry): Promise<AuditEntry> {
    const added = { id: newId<string & AuditEntry['id']>(), ...entry, created_at: this.clock.now() };
    await tx.insert('audit_log', { ...added, facts: JSON.stringify(entry.facts) });
    return added;
  }

  /** The unit that did it is committed. */
  say({ id, owner, actor, action, context_id, facts }: AuditEntry): void {
    this.logger.log({ msg: action, audit_id: id, owner, actor, context_id, ...facts });
  }

  /** Removes at most `limit` entries from before a time, and answers how many. */
  forget(tx: Tx, before: number, limit: number): Promise<number> {
    const old = `SELECT id FROM audit_log WHERE created_at < ? ORDER BY created_at LIMIT ?`;
    return tx.run(`DELETE FROM audit_log WHERE id IN (${old})`, before, limit);
  }
}
