import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import type { Context } from '../../contexts/context-row.js';
import type { BranchId } from '../../kernel/ids.js';
import { ModelRegistry, type ResolvedModel } from '../../providers/model-registry.js';
import { compressionOf } from '../compression/compression-policy.js';
import type { Draft } from './draft.js';
import { PromptPull } from './prompt.pull.js';

export interface Beginning {
  readonly model: ResolvedModel;
  readonly draft: Draft;
}

/** What every draft begins with: the conversation as it stands, and the model that it is for. */
@Injectable()
export class DraftBeginning {
  constructor(
    private readonly prompts: PromptPull,
    private readonly models: ModelRegistry,
    private readonly settings: Settings,
  ) {}

  /** `unknown_model`, `branch_not_found`. Without a model id it is the context's. */
  async begin(context: Context, branch: BranchId, modelId?: string): Promise<Beginning> {
    const model = this.models.resolve(modelId ?? context.config.model);
    const { facts } = model;
    const { messages, pinned } = await this.prompts.historyOf(context, branch);
    const compression = compressionOf(context.config, facts, this.settings);
    const none = { companions: [], systemPrompt: '', sent: [], prompt: [] };
    return { model, draft: { context, model: model.id, facts, compression, pinned, messages, ...none } };
  }
}
