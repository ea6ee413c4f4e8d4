import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { newId, type Owner, type SystemPromptId } from '../../kernel/ids.js';
import type { Tx } from '../../storage/tx.js';
import { SystemPromptEntity } from './system-prompt.entity.js';
import { promptColumns, readPrompt, type PromptRow, type SystemPrompt } from './system-prompt-row.js';
import type { Variable } from './template-format.js';

export interface PromptFields {
  readonly name: string;
  readonly description: string | null;
  readonly content: string;
  readonly variables: readonly Variable[];
}

type Said = Pick<PromptFields, 'content' | 'variables'>;

/** Whether it takes another version to say it. */
export const saysOtherwise = (before: Said, after: Said): boolean =>
  after.content !== before.content || JSON.stringify(after.variables) !== JSON.stringify(before.variables);

export const lockPrompt = `SELECT id FROM system_prompts WHERE id = ? AND owner = ?`;

export interface PromptUser {
  readonly context_id: string;
  readonly branch_id?: string;
}

/** Writes system prompts. What one said is never written again: another content is another version. */
@Injectable()
export class SystemPromptStore {
  constructor(private readonly clock: Clock) {}

  async add(tx: Tx, owner: Owner, { name, description, ...said }: PromptFields): Promise<SystemPromptId> {
    const id = newId<SystemPromptId>();
    const now = this.clock.now();
    const row: SystemPromptEntity = {
      ...{ id, owner, name, description, version: 1, revision: 1 },
      ...{ created_at: now, updated_at: now },
    };
    await tx.insert('system_prompts', { ...row });
    await this.addVersion(tx, id, 1, said);
    return id;
  }

  /** Undefined also for another owner's. */
  async lock(tx: Tx, id: string, owner: Owner): Promise<SystemPrompt | undefined> {
    if (!(await tx.lock(lockPrompt, id, owner))) return undefined;
    const sql = `SELECT ${promptColumns} FROM system_prompts p
      JOIN system_prompt_versions v ON v.prompt_id = p.id AND v.version = p.version WHERE p.id = ?`;
    const row = await tx.get<PromptRow>(sql, id);
    return row && readPrompt(row);
  }

  async count(tx: Tx, owner: Owner): Promise<number> {
    const sql = `SELECT count(*) AS n FROM system_prompts WHERE owner = ?`;
    return (await tx.get<{ n: number }>(sql, owner))?.n ?? 0;
  }

  async change(tx: Tx, before: SystemPrompt, after: PromptFields): Promise<void> {
    const { name, description, content, variables } = after;
    const isOther = saysOtherwise(before, after);
    const version = isOther ? before.version + 1 : before.version;
    if (isOther) await this.addVersion(tx, before.id, version, { content, variables });
    await tx.run(
      `UPDATE system_prompts SET name = ?, description = ?, version = ?, revision = ?, updated_at = ? WHERE id = ?`,
      ...[name, description, version, before.revision + 1, this.clock.now(), before.id],
    );
  }

  /**
   * What is answered with it: a context, also one that was deleted and can be restored, or a branch of one. Through all
   * contexts of the owner, as a deletion is rare.
   */
  async userOf(tx: Tx, id: SystemPromptId, owner: Owner): Promise<PromptUser | undefined> {
    const named = `%"system_prompt_id":"${id}"%`;
    const context = `SELECT id AS context_id FROM contexts WHERE owner = ? AND config LIKE ? LIMIT 1`;
    const branch = `SELECT b.context_id, b.id AS branch_id FROM contexts c JOIN branches b ON b.context_id = c.id
      WHERE c.owner = ? AND b.deleted_at IS NULL AND b.config LIKE ? LIMIT 1`;
    const deleted = `SELECT id AS context_id FROM deleted_contexts WHERE owner = ? AND context LIKE ? LIMIT 1`;
    return (
      (await tx.get<PromptUser>(context, owner, named)) ??
      (await tx.get<PromptUser>(branch, owner, named)) ??
      (await tx.get<PromptUser>(deleted, owner, `%system_prompt_id%${id}%`))
    );
  }

  async remove(tx: Tx, id: SystemPromptId): Promise<void> {
    await tx.run(`DELETE FROM system_prompt_versions WHERE prompt_id = ?`, id);
    await tx.run(`DELETE FROM system_prompts WHERE id = ?`, id);
  }

  private async addVersion(
    tx: Tx,
    prompt_id: SystemPromptId,
    version: number,
    { content, variables }: Said,
  ): Promise<void> {
    const created_at = this.clock.now();
    const row = { prompt_id, version, content, variables: JSON.stringify(variables), created_at };
    await tx.insert('system_prompt_versions', row);
  }
}
