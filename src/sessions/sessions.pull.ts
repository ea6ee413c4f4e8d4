import { Injectable } from '@nestjs/common';
import type { Owner } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import type { SessionEntity } from './session.entity.js';
import { emptySession, readSession, type Session } from './session-row.js';

/** Reads sessions. */
@Injectable()
export class SessionsPull {
  constructor(private readonly storage: Storage) {}

  /** The owner's session; an empty one when nothing was ever changed. */
  async one(owner: Owner): Promise<Session> {
    const sql = `SELECT * FROM sessions WHERE owner = ?`;
    const row = await this.storage.reads.get<SessionEntity>(sql, owner);
    return row ? readSession(row) : emptySession(owner);
  }
}
