import { Injectable } from '@nestjs/common';
import { contextEtag, matchesIfMatch } from '../http/etag.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import { ModelRegistry } from '../providers/model-registry.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import { BranchStore } from './branch.store.js';
import { patchConfig, type ConfigPatch } from './context-config.js';
import { ContextStore } from './context.store.js';
import type { Context } from './context-row.js';

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
    private readonly models: ModelRegistry,
  ) {}

  /** `unknown_model` for one that nobody here serves. Answers the id alone, so that a repeat with the same key answers the same. */
  async create(
    owner: Owner,
    input: { title?: string; config?: ConfigPatch },
    key?: RequestKey,
  ): Promise<{ id: ContextId }> {
    this.requireModel(input.config);
    return this.storage.commitOnce('create_context', key, async (tx) => {
      const config = patchConfig({}, input.config ?? {});
      const { id } = await this.contexts.create(tx, owner, { title: input.title, config });
      await this.branches.createMain(tx, id);
      return { id };
    });
  }

  /** `ifMatch` is the header as it came; a stale one is `revision_mismatch` (412) and nothing is changed. */
  async patch(id: ContextId, owner: Owner, patch: Patch, ifMatch?: string): Promise<Context> {
    this.requireModel(patch.config);
    return this.storage.commit('patch_context', async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      requireMatch(context, ifMatch);
      if (patch.title === undefined && patch.config === undefined) return context;
      return this.contexts.update(tx, context, {
        ...(patch.title !== undefined && { title: patch.title, title_source: 'user' }),
        ...(patch.config !== undefined && { config: patchConfig(context.config, patch.config) }),
      });
    });
  }

  private requireModel(config: ConfigPatch | undefined): void {
    if (config?.model) this.models.resolve(config.model);
  }
}

/** Refuses a write that was decided on an older revision (RFC 9110 §13.1.1). */
export function requireMatch(context: Context, ifMatch: string | undefined): void {
  if (ifMatch === undefined || matchesIfMatch(ifMatch, contextEtag(context.revision))) return;
  throw new DomainError('revision_mismatch', `The context is at revision ${context.revision} now.`, {
    revision: context.revision,
  });
}
