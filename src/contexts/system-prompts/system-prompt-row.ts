import type { SystemPromptEntity, SystemPromptVersionEntity } from './system-prompt.entity.js';
import type { Variable } from './template-format.js';

/** What a system prompt says in one of its versions. */
export interface PromptVersion {
  readonly version: number;
  readonly content: string;
  readonly variables: readonly Variable[];
  readonly created_at: number;
}

/** A system prompt with what it says now. */
export type SystemPrompt = Readonly<SystemPromptEntity> & Pick<PromptVersion, 'content' | 'variables'>;

export const readVersion = (row: Omit<SystemPromptVersionEntity, 'prompt_id'>): PromptVersion => ({
  version: row.version,
  content: row.content,
  variables: JSON.parse(row.variables) as Variable[],
  created_at: row.created_at,
});

export type PromptRow = SystemPromptEntity & Pick<SystemPromptVersionEntity, 'content' | 'variables'>;

export const readPrompt = (row: PromptRow): SystemPrompt => ({
  ...row,
  variables: JSON.parse(row.variables) as Variable[],
});

export const promptColumns = `p.id, p.owner, p.name, p.description, p.version, p.revision, p.created_at, p.updated_at,
  v.content, v.variables`;
