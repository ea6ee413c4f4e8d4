import { Injectable } from '@nestjs/common';
import {
  onBranch,
  patchedConfig,
  readBranchConfig,
  type BranchConfigPatch,
} from '../../contexts/branch-config.js';
import { BranchStore, type Branch } from '../../contexts/branch.store.js';
import { ConfigCheck } from '../../contexts/config-check.js';
import { requireMatch } from '../../contexts/contexts.service.js';
import { ContextStore } from '../../contexts/context.store.js';
import { SystemPromptTexts } from '../../contexts/system-prompts/system-prompt-texts.js';
import type { BranchId, ContextId, Owner } from '../../kernel/ids.js';
import { Storage } from '../../storage/storage.js';
import { refuseArchived } from '../standing.js';

export interface BranchPatch {
  readonly name?: string;
  readonly config?: BranchConfigPatch;
}

/** Renames a branch, and changes what it has otherwise than its context. */
@Injectable()
export class ChangeBranchCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly check: ConfigCheck,
    private readonly prompts: SystemPromptTexts,
  ) {}

  /** `ifMatch` is the header as it came, of the context's tag; a stale one is `revision_mismatch` (412). */
  async execute(
    id: ContextId,
    owner: Owner,
    branchId: BranchId,
    patch: BranchPatch,
    ifMatch?: string,
  ): Promise<{ readonly branch: Branch; readonly revision: number }> {
    await this.check.require(patch.config ?? {});
    return this.storage.commit('change_branch', async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      requireMatch(context, ifMatch);
      refuseArchived(context, 'changing a branch');
      const found = await this.branches.get(tx, id, branchId);
      if (patch.name === undefined && patch.config === undefined)
        return { branch: found, revision: context.revision };
      const config = patchedConfig(found, patch.config);
      const after = onBranch(context.config, readBranchConfig({ config }));
      await this.prompts.require(tx, owner, patch.config ?? {}, after);
      await this.branches.change(tx, found, { name: patch.name, config });
      const { revision } = await this.contexts.touch(tx, context, ['branches']);
      return { branch: { ...found, name: patch.name ?? found.name, config }, revision };
    });
  }
}
