import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ContextFollowers, type ContextFollower } from '../contexts/context-followers.js';
import type { Context } from '../contexts/context-row.js';
import { StreamBeginnings } from '../events/stream-beginnings.js';
import { toTimestamp } from '../kernel/clock.js';
import type { Tx } from '../storage/tx.js';
import { closeTab, hasTab } from './session-state.js';
import { SessionStore } from './session.store.js';
import { SessionsPull } from './sessions.pull.js';

/** Closes the tabs of contexts that are deleted, in the same unit; and tells new streams where the session stands. */
@Injectable()
export class SessionFollowers implements ContextFollower, OnModuleInit {
  constructor(
    private readonly contexts: ContextFollowers,
    private readonly beginnings: StreamBeginnings,
    private readonly sessions: SessionStore,
    private readonly pull: SessionsPull,
  ) {}

  onModuleInit(): void {
    this.contexts.add(this);
    this.beginnings.add(async (owner) => {
      const { revision, updated_at } = await this.pull.one(owner);
      if (revision === 0) return [];
      return [{ type: 'session_updated', revision, timestamp: toTimestamp(updated_at) }];
    });
  }

  async deleting(tx: Tx, { id, owner }: Context): Promise<void> {
    const session = await this.sessions.tryLock(tx, owner);
    if (session && hasTab(session, id)) await this.sessions.save(tx, session, closeTab(session, id));
  }

  /** Nothing is kept of a deleted context. */
  removeSome(): Promise<number> {
    return Promise.resolve(0);
  }
}
