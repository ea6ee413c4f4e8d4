import type { ContextEntity } from './context.entity.js';
import type { ContextState } from './context-state.js';
import type { ContextConfig } from './context-config.js';

/** A context as the code holds it: its row, with the JSON columns read. */
export type Context = Readonly<Omit<ContextEntity, 'config' | 'state'>> & {
  readonly config: ContextConfig;
  readonly state: ContextState;
};

export const readContext = (row: ContextEntity): Context => ({
  ...row,
  config: JSON.parse(row.config) as ContextConfig,
  state: JSON.parse(row.state) as ContextState,
});

export const contextColumns =
  'id, owner, title, title_folded, title_source, config, state_type, state, is_archived, active_branch, revision, created_at, updated_at';

/** The form in which titles are compared: case, width and accents composed alike (Unicode NFKC). */
export const foldTitle = (title: string): string => title.normalize('NFKC').toLowerCase();
