import { Injectable } from '@nestjs/common';
import type { ContextId, Owner } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';

/** Where nobody works on it: a context whose turn is under way is alive, however long ago it last changed. */
const atRest = `state_type IN ('initial', 'awaiting_user', 'error', 'archived')`;

/** Finds contexts whose time to live is over. Whether it is, is decided in the unit that deletes. */
@Injectable()
export class ExpiredContextsPull {
  constructor(private readonly storage: Storage) {}

  /** Some of those with a time to live of their own that ended by `now`, the longest over first. */
  async byOwnTtl(now: number, limit: number): Promise<ContextId[]> {
    const sql = `SELECT id FROM contexts WHERE ttl_ms IS NOT NULL AND updated_at + ttl_ms <= ? AND ${atRest}
       ORDER BY updated_at + ttl_ms LIMIT ?`;
    return idsIn(await this.storage.reads.all(sql, now, limit));
  }

  /** Some that have not changed since a time, of one owner after the other, as the index has them. */
  async unchangedSince(time: number, limit: number): Promise<ContextId[]> {
    const found: ContextId[] = [];
    for (let owner = await this.ownerAfter(); owner && found.length < limit;) {
      for (const isArchived of [0, 1]) {
        const sql = `SELECT id FROM contexts WHERE owner = ? AND is_archived = ? AND updated_at <= ? AND ${atRest}
           ORDER BY updated_at LIMIT ?`;
        const room = limit - found.length;
        found.push(...idsIn(await this.storage.reads.all(sql, owner, isArchived, time, room)));
      }
      owner = await this.ownerAfter(owner);
    }
    return found;
  }

  private async ownerAfter(owner = ''): Promise<Owner | undefined> {
    const sql = `SELECT owner FROM contexts WHERE owner > ? ORDER BY owner LIMIT 1`;
    return (await this.storage.reads.get<{ owner: Owner }>(sql, owner))?.owner;
  }
}

const idsIn = (rows: readonly { id: ContextId }[]): ContextId[] => rows.map(({ id }) => id);
