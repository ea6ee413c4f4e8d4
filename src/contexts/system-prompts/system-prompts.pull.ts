import { Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner } from '../../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../../kernel/page-cursor.js';
import { Storage } from '../../storage/storage.js';
import type { Reads } from '../../storage/tx.js';
import type { SystemPromptVersionEntity } from './system-prompt.entity.js';
import {
  promptColumns,
  readPrompt,
  readVersion,
  type PromptRow,
  type PromptVersion,
  type SystemPrompt,
} from './system-prompt-row.js';

/** The largest that PostgreSQL has a number for in that column. */
const maxVersion = 2_147_483_647;

interface Page {
  readonly limit: number;
  readonly cursor?: string;
}

/** Reads system prompts and their versions. */
@Injectable()
export class SystemPromptsPull {
  constructor(private readonly storage: Storage) {}

  /** In its newest version, or in this one; undefined where there is none of this owner's. */
  async find(
    id: string,
    owner: Owner,
    version?: number,
    reads: Reads = this.storage.reads,
  ): Promise<SystemPrompt | undefined> {
    const row = await reads.get<PromptRow>(
      `SELECT ${promptColumns} FROM system_prompts p
       JOIN system_prompt_versions v ON v.prompt_id = p.id AND v.version = ${version === undefined ? 'p.version' : '?'}
       WHERE p.id = ? AND p.owner = ?`,
      ...[...(version === undefined ? [] : [version]), id, owner],
    );
    return row && readPrompt(row);
  }

  /** `system_prompt_not_found` also for another owner's. */
  async get(id: string, owner: Owner): Promise<SystemPrompt> {
    const found = await this.find(id, owner);
    if (!found) throw systemPromptNotFound(id);
    return found;
  }

  /** One page, the newest first. */
  async list(
    owner: Owner,
    { limit, cursor }: Page,
  ): Promise<{ readonly prompts: readonly SystemPrompt[]; readonly next_cursor: string | null }> {
    const after = cursor === undefined ? [] : decodeCursor(cursor, ['number', 'string']);
    const rows = await this.storage.reads.all<PromptRow>(
      `SELECT ${promptColumns} FROM system_prompts p
       JOIN system_prompt_versions v ON v.prompt_id = p.id AND v.version = p.version
       WHERE p.owner = ? ${cursor === undefined ? '' : 'AND (p.created_at, p.id) < (?, ?)'}
       ORDER BY p.created_at DESC, p.id DESC LIMIT ?`,
      ...[owner, ...after, limit + 1],
    );
    const prompts = rows.slice(0, limit).map(readPrompt);
    const last = prompts.at(-1);
    const isMore = rows.length > limit && last;
    return { prompts, next_cursor: isMore ? encodeCursor([last.created_at, last.id]) : null };
  }

  /** A page of what a system prompt has said, the newest first. */
  async versions(
    id: string,
    owner: Owner,
    { limit, cursor }: Page,
  ): Promise<{ readonly versions: readonly PromptVersion[]; readonly next_cursor: string | null }> {
    await this.get(id, owner);
    const before = cursor === undefined ? maxVersion : Number(decodeCursor(cursor, ['number'])[0]);
    const rows = await this.storage.reads.all<SystemPromptVersionEntity>(
      `SELECT version, content, variables, created_at FROM system_prompt_versions
       WHERE prompt_id = ? AND version < ? ORDER BY version DESC LIMIT ?`,
      ...[id, Math.max(0, Math.min(before, maxVersion)), limit + 1],
    );
    const versions = rows.slice(0, limit).map(readVersion);
    const last = versions.at(-1);
    return { versions, next_cursor: rows.length > limit && last ? encodeCursor([last.version]) : null };
  }
}

export const systemPromptNotFound = (id: string): DomainError =>
  new DomainError('system_prompt_not_found', `There is no system prompt ${id}.`);
