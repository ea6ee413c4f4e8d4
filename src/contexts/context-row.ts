import { mainBranch, type ContextId, type Owner } from '../kernel/ids.js';
import type { ContextEntity } from './context.entity.js';
import type { ContextState } from './context-state.js';
import type { ContextConfig } from './context-config.js';

/** A context as the code holds it: its row, with the JSON columns read. */
export type Context = Readonly<Omit<ContextEntity, 'config' | 'state'>> & {
  readonly config: ContextConfig;
  readonly state: ContextState;
  /** Where a user first speaks on the active branch, as ActionFacts has it. */
  readonly first_user_depth?: number | null;
};

export const readContext = (row: ContextEntity & Pick<Context, 'first_user_depth'>): Context => ({
  ...row,
  config: JSON.parse(row.config) as ContextConfig,
  state: JSON.parse(row.state) as ContextState,
});

/** What makes a context; all else of it follows. */
export interface ContextBeginning {
  readonly id: ContextId;
  readonly owner: Owner;
  readonly created_at: number;
  readonly title?: string;
  readonly config: ContextConfig;
}

/** A context as it begins. Pure: from what it was asked with, its first answer can be given again at any time. */
export const newContextRow = ({ id, owner, created_at, title, config }: ContextBeginning): ContextEntity => ({
  id,
  owner,
  title: title ?? null,
  title_folded: title === undefined ? null : foldTitle(title),
  title_source: title === undefined ? null : 'user',
  config: JSON.stringify(config),
  ttl_ms: config.ttl_ms ?? null,
  state_type: 'initial',
  state: JSON.stringify({ type: 'initial' }),
  is_archived: 0,
  active_branch: mainBranch,
  pool_epoch: 0,
  revision: 1,
  created_at,
  updated_at: created_at,
});

export const contextColumns =
  'id, owner, title, title_folded, title_source, config, ttl_ms, state_type, state, is_archived, active_branch, pool_epoch, revision, created_at, updated_at';

/** The same with what a refusal has to know of the active branch. */
export const lockedColumns = `${contextColumns}, (SELECT b.first_user_depth FROM branches b
  WHERE b.context_id = contexts.id AND b.id = contexts.active_branch) AS first_user_depth`;

/** The form in which titles are compared: case, width and accents composed alike (Unicode NFKC). */
export const foldTitle = (title: string): string => title.normalize('NFKC').toLowerCase();
