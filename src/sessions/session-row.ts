import type { Owner } from '../kernel/ids.js';
import type { SessionEntity } from './session.entity.js';
import type { Facts, Tab, Tabs } from './session-state.js';

export interface Session extends Tabs {
  readonly owner: Owner;
  readonly ui_state: Facts;
  readonly preferences: Facts;
  /** 0 before anything was changed. */
  readonly revision: number;
  readonly updated_at: number;
}

export const readSession = (row: SessionEntity): Session => ({
  owner: row.owner,
  tabs: JSON.parse(row.tabs) as Tab[],
  active: row.active_context_id,
  ui_state: JSON.parse(row.ui_state) as Facts,
  preferences: JSON.parse(row.preferences) as Facts,
  revision: row.revision,
  updated_at: row.updated_at,
});

export const emptySession = (owner: Owner): Session => ({
  owner,
  tabs: [],
  active: null,
  ui_state: {},
  preferences: {},
  revision: 0,
  updated_at: 0,
});
