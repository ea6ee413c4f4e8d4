import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { contextEtag, matchesIfMatch } from '../../http/etag.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner, SystemPromptId } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { Storage } from '../../storage/storage.js';
import {
  saysOtherwise,
  SystemPromptStore,
  type PromptFields,
  type PromptUser,
} from './system-prompt.store.js';
import { systemPromptNotFound } from './system-prompts.pull.js';
import { undeclared } from './template-format.js';

export type NewPrompt = Pick<PromptFields, 'name' | 'content'> & Partial<PromptFields>;
export type PromptPatch = Partial<PromptFields>;

/** Keeps the system prompts that an owner's contexts can name. */
@Injectable()
export class SystemPromptsService {
  constructor(
    private readonly storage: Storage,
    private readonly prompts: SystemPromptStore,
    private readonly settings: Settings,
  ) {}

  /** `wrong_variables`; `limit_exceeded` when the owner has as many as may be. */
  create(owner: Owner, input: NewPrompt, key?: RequestKey): Promise<{ readonly id: SystemPromptId }> {
    const fields: PromptFields = { description: null, variables: [], ...input };
    return this.storage.commitOnce('create_system_prompt', key, async (tx) => {
      requireDeclared(fields);
      if ((await this.prompts.count(tx, owner)) >= this.settings.maxSystemPrompts)
        throw tooMany(`${this.settings.maxSystemPrompts} system prompts`);
      return { id: await this.prompts.add(tx, owner, fields) };
    });
  }

  /** Another content, or other variables, make another version. `revision_mismatch` for a stale `ifMatch`. */
  async patch(id: SystemPromptId, owner: Owner, patch: PromptPatch, ifMatch?: string): Promise<void> {
    await this.storage.commit('patch_system_prompt', async (tx) => {
      const before = await this.prompts.lock(tx, id, owner);
      if (!before) throw systemPromptNotFound(id);
      const { revision, version } = before;
      if (ifMatch !== undefined && !matchesIfMatch(ifMatch, contextEtag(revision)))
        throw new DomainError('revision_mismatch', `The system prompt is at revision ${revision} now.`, {
          revision,
        });
      const { name, description, content, variables } = { ...before, ...patch };
      const after = { name, description, content, variables };
      requireDeclared(after);
      if (Object.keys(patch).length === 0) return;
      const most = this.settings.maxSystemPromptVersions;
      if (saysOtherwise(before, after) && version >= most)
        throw tooMany(`${most} versions of a system prompt`);
      await this.prompts.change(tx, before, after);
    });
  }

  /** With all its versions. `system_prompt_in_use` while a context, a branch of one, or a deleted context has it. */
  async remove(id: SystemPromptId, owner: Owner): Promise<void> {
    await this.storage.commit('delete_system_prompt', async (tx) => {
      if (!(await this.prompts.lock(tx, id, owner))) throw systemPromptNotFound(id);
      const user = await this.prompts.userOf(tx, id, owner);
      if (user) throw inUse(user);
      await this.prompts.remove(tx, id);
    });
  }
}

function requireDeclared({ content, variables }: PromptFields): void {
  const names = undeclared(content, variables);
  const twice = variables.find(({ name }, at) => variables.findIndex((one) => one.name === name) < at);
  if (twice) throw wrong(`The variable ${twice.name} is declared twice.`, [twice.name]);
  if (names.length > 0)
    throw wrong(`The content has {{${names.join('}}, {{')}}}, which variables does not declare.`, names);
}

const wrong = (detail: string, variables: readonly string[]): DomainError =>
  new DomainError('wrong_variables', detail, { variables: variables.slice(0, 100) });

const inUse = ({ context_id, branch_id }: PromptUser): DomainError =>
  new DomainError(
    'system_prompt_in_use',
    `The context ${context_id}${branch_id === undefined ? '' : `, on its branch ${branch_id},`} is answered with it.`,
  );

const tooMany = (what: string): DomainError =>
  new DomainError('limit_exceeded', `There may be at most ${what}.`);
