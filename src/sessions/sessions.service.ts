import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { ContextStore } from '../contexts/context.store.js';
import { contextEtag, matchesIfMatch } from '../http/etag.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import type { Session } from './session-row.js';
import { SessionStore } from './session.store.js';
import { closeTab, hasTab, openTab, orderTabs, patchFacts, type Facts } from './session-state.js';

/** The most bytes of JSON of what a client keeps in a part of the session. */
export const maxClientBytes = 16_384;

export interface SessionPatch {
  readonly active_context_id?: ContextId;
  readonly tab_order?: readonly ContextId[];
  readonly ui_state?: Facts;
  readonly preferences?: Facts;
}

/**
 * Changes sessions. Every change is an operation on what there is, never a whole that replaces it: of two devices that
 * change something at once neither undoes what the other did.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly storage: Storage,
    private readonly sessions: SessionStore,
    private readonly contexts: ContextStore,
    private readonly settings: Settings,
  ) {}

  /** Opens a tab, or makes the one that is open the active one. `limit_exceeded` when there are as many as there may be. */
  open(owner: Owner, id: ContextId, position?: number, key?: RequestKey): Promise<Session> {
    return this.storage.commitOnce('open_tab', key, async (tx) => {
      // The context first, as who deletes it takes them: no tab of a deleted context stays.
      await this.contexts.lock(tx, id, owner);
      const session = await this.sessions.lock(tx, owner);
      const isOpen = hasTab(session, id);
      if (!isOpen && session.tabs.length >= this.settings.sessionMaxTabs)
        throw new DomainError(
          'limit_exceeded',
          `A session has at most ${this.settings.sessionMaxTabs} tabs.`,
        );
      if (isOpen && session.active === id && position === undefined) return session;
      return this.sessions.save(tx, session, openTab(session, id, session.revision + 1, position));
    });
  }

  /** Closes a tab; one that is not open is closed already. */
  close(owner: Owner, id: ContextId): Promise<Session> {
    return this.storage.commit('close_tab', async (tx) => {
      await this.contexts.lock(tx, id, owner);
      const session = await this.sessions.lock(tx, owner);
      return hasTab(session, id) ? this.sessions.save(tx, session, closeTab(session, id)) : session;
    });
  }

  /** `ifMatch` is the header as it came; a stale one is `revision_mismatch` (412). `unprocessable` for a tab that is not open. */
  patch(owner: Owner, patch: SessionPatch, ifMatch?: string): Promise<Session> {
    return this.storage.commit('patch_session', async (tx) => {
      const session = await this.sessions.lock(tx, owner);
      requireMatch(session, ifMatch);
      if (Object.values(patch).every((value) => value === undefined)) return session;
      return this.sessions.save(tx, session, changesOf(session, patch));
    });
  }
}

function changesOf(session: Session, patch: SessionPatch): Partial<Session> {
  const { active_context_id: active, tab_order } = patch;
  if (active !== undefined && !hasTab(session, active))
    throw new DomainError('unprocessable', 'The tab that is to be active is not open.');
  const used = active === undefined ? session : openTab(session, active, session.revision + 1);
  return {
    ...(tab_order ? orderTabs(used, tab_order) : { tabs: used.tabs, active: used.active }),
    ui_state: patched('ui_state', session.ui_state, patch.ui_state),
    preferences: patched('preferences', session.preferences, patch.preferences),
  };
}

function patched(part: string, facts: Facts, patch: Facts | undefined): Facts {
  if (!patch) return facts;
  const next = patchFacts(facts, patch);
  const bytes = Buffer.byteLength(JSON.stringify(next.client ?? {}));
  if (bytes > maxClientBytes)
    throw new DomainError(
      'limit_exceeded',
      `${part}.client may have ${maxClientBytes} bytes, and would have ${bytes}.`,
    );
  return next;
}

function requireMatch({ revision }: Session, ifMatch: string | undefined): void {
  if (ifMatch === undefined || matchesIfMatch(ifMatch, contextEtag(revision))) return;
  throw new DomainError('revision_mismatch', `The session is at revision ${revision} now.`, { revision });
}
