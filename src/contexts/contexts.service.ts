import { Injectable } from '@nestjs/common';
import { contextEtag, matchesIfMatch } from '../http/etag.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import type { BranchEntity } from './branch.entity.js';
import { BranchStore, mainBranchRow } from './branch.store.js';
import { ConfigCheck } from './config-check.js';
import { patchConfig, type ConfigPatch } from './context-config.js';
import { ContextStore } from './context.store.js';
import { newContextRow, readContext, type Context } from './context-row.js';
import type { ContextAtGlance } from './contexts.pull.js';
import { illegalTransition } from './refusals.js';
import { SystemPromptTexts } from './system-prompts/system-prompt-texts.js';

export interface Patch {
  readonly title?: string | null;
  readonly config?: ConfigPatch;
}

/** Creates and changes contexts, apart from what commands do to them. */
@Injectable()
export class ContextsService {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly check: ConfigCheck,
    private readonly prompts: SystemPromptTexts,
  ) {}

  /**
   * What ConfigCheck and SystemPromptTexts refuse, is refused. Answers what the context began as, whatever has become of it by
   * the time that the same key is sent again: the same input comes with it, so the answer need not be kept.
   */
  async create(
    owner: Owner,
    input: { title?: string; config?: ConfigPatch },
    key?: RequestKey,
  ): Promise<{ context: ContextAtGlance; branches: readonly BranchEntity[] }> {
    await this.check.require(input.config ?? {});
    const { title } = input;
    const config = patchConfig({}, input.config ?? {});
    const { id, created_at } = await this.storage.commitOnce('create_context', key, async (tx) => {
      await this.prompts.require(tx, owner, input.config ?? {}, config);
      const created = await this.contexts.create(tx, owner, { title, config });
      await this.branches.createMain(tx, created.id, created.created_at);
      return { id: created.id, created_at: created.created_at };
    });
    const row = newContextRow({ id, owner, created_at, title, config });
    const context = { ...readContext(row), message_count: 0, streaming: [] };
    return { context, branches: [mainBranchRow(id, created_at)] };
  }

  /** `ifMatch` is the header as it came; a stale one is `revision_mismatch` (412), an archived context is read-only (409). */
  async patch(id: ContextId, owner: Owner, patch: Patch, ifMatch?: string): Promise<Context> {
    await this.check.require(patch.config ?? {});
    return this.storage.commit('patch_context', async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      requireMatch(context, ifMatch);
      if (context.state.type === 'archived') throw illegalTransition(context, 'a change');
      if (patch.title === undefined && patch.config === undefined) return context;
      const config = patchConfig(context.config, patch.config ?? {});
      await this.prompts.require(tx, owner, patch.config ?? {}, config);
      return this.contexts.update(tx, context, {
        ...(patch.title !== undefined && { title: patch.title, title_source: 'user' }),
        ...(patch.config !== undefined && { config }),
      });
    });
  }
}

/** Refuses a write that was decided on an older revision (RFC 9110 §13.1.1). */
export function requireMatch(context: Context, ifMatch: string | undefined): void {
  if (ifMatch === undefined || matchesIfMatch(ifMatch, contextEtag(context.revision))) return;
  throw new DomainError('revision_mismatch', `The context is at revision ${context.revision} now.`, {
    revision: context.revision,
  });
}
