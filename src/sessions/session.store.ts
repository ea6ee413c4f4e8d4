import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../kernel/clock.js';
import type { Owner } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import type { SessionEntity } from './session.entity.js';
import { emptySession, readSession, type Session } from './session-row.js';

export type SessionChanges = Partial<Pick<Session, 'tabs' | 'active' | 'ui_state' | 'preferences'>>;

/** Writes sessions. Each change moves the revision by one and raises one signal. */
@Injectable()
export class SessionStore {
  constructor(private readonly clock: Clock) {}

  /** The owner's session, kept from other units until this one ends; made when there is none yet. */
  async lock(tx: Tx, owner: Owner): Promise<Session> {
    const { tabs, preferences, ui_state, updated_at } = emptySession(owner);
    await tx.run(
      `INSERT INTO sessions (owner, tabs, active_context_id, ui_state, preferences, revision, updated_at)
       VALUES (?, ?, NULL, ?, ?, 0, ?) ON CONFLICT DO NOTHING`,
      ...[owner, JSON.stringify(tabs), JSON.stringify(ui_state), JSON.stringify(preferences), updated_at],
    );
    return (await this.tryLock(tx, owner)) ?? emptySession(owner);
  }

  async tryLock(tx: Tx, owner: Owner): Promise<Session | undefined> {
    const row = await tx.lock<SessionEntity>(`SELECT * FROM sessions WHERE owner = ?`, owner);
    return row && readSession(row);
  }

  async save(tx: Tx, session: Session, changes: SessionChanges): Promise<Session> {
    const next = { ...session, ...changes, revision: session.revision + 1, updated_at: this.clock.now() };
    await tx.run(
      `UPDATE sessions SET tabs = ?, active_context_id = ?, ui_state = ?, preferences = ?, revision = ?, updated_at = ?
       WHERE owner = ?`,
      ...[JSON.stringify(next.tabs), next.active, JSON.stringify(next.ui_state)],
      ...[JSON.stringify(next.preferences), next.revision, next.updated_at, next.owner],
    );
    const { revision, updated_at, owner } = next;
    tx.raise(owner, { type: 'session_updated', revision, timestamp: toTimestamp(updated_at) });
    return next;
  }
}
