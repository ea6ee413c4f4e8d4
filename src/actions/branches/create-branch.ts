import { Injectable } from '@nestjs/common';
import {
  onBranch,
  patchedConfig,
  readBranchConfig,
  type BranchConfigPatch,
} from '../../contexts/branch-config.js';
import { BranchStore, type Branch } from '../../contexts/branch.store.js';
import { ConfigCheck } from '../../contexts/config-check.js';
import { ContextStore } from '../../contexts/context.store.js';
import { SystemPromptTexts } from '../../contexts/system-prompts/system-prompt-texts.js';
import type { ContextId, Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { Storage } from '../../storage/storage.js';
import { refuseArchived } from '../standing.js';
import { forkPlace, type ForkWish } from './fork-place.js';

export interface NewBranchInput extends ForkWish {
  readonly name?: string;
  readonly config?: BranchConfigPatch;
}

/** Makes a branch that goes on from a message, or anew. It is not shown by that. */
@Injectable()
export class CreateBranchCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly check: ConfigCheck,
    private readonly prompts: SystemPromptTexts,
  ) {}

  /** What is not said of its config, it has from the branch whose line it leaves. */
  async execute(
    id: ContextId,
    owner: Owner,
    input: NewBranchInput,
    key?: RequestKey,
  ): Promise<{ readonly branch: Branch; readonly revision: number }> {
    await this.check.require(input.config ?? {});
    return this.storage.commitOnce('create_branch', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      refuseArchived(context, 'a new branch');
      const { on, from } = await forkPlace(tx, context, input);
      const config = patchedConfig(await this.branches.get(tx, id, on), input.config);
      const after = onBranch(context.config, readBranchConfig({ config }));
      await this.prompts.require(tx, owner, input.config ?? {}, after);
      const branch = await this.branches.fork(tx, id, from, { name: input.name, config });
      const { revision } = await this.contexts.touch(tx, context, ['branches']);
      return { branch, revision };
    });
  }
}
