import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { contextNotFound } from '../../contexts/refusals.js';
import type { BranchId, ContextId, Owner } from '../../kernel/ids.js';
import { proceed, type AbortReason } from '../../prompts/pipeline.js';
import { DraftBeginning } from '../pipeline/draft-beginning.js';
import type { Draft, Need, Step } from '../pipeline/draft.js';
import { PlainNeeds } from '../pipeline/plain-needs.js';
import { PromptPull } from '../pipeline/prompt.pull.js';
import { stepsWithin } from '../pipeline/steps.js';
import type { PromptPreview } from './dto/prompt-preview.js';
import { mapToPreview } from './map-to-preview.js';

/** Takes a branch through the steps of a turn without a turn: no message is read anew, no model is called. */
@Injectable()
export class PromptPreviews {
  private readonly steps: readonly Step[];

  constructor(
    private readonly prompts: PromptPull,
    private readonly beginning: DraftBeginning,
    private readonly needs: PlainNeeds,
    settings: Settings,
  ) {
    this.steps = stepsWithin(settings);
  }

  /** `context_not_found`, `branch_not_found`, `unknown_model`. */
  async preview(
    id: ContextId,
    owner: Owner,
    asked: { readonly branch?: BranchId; readonly model?: string },
  ): Promise<PromptPreview> {
    const context = await this.prompts.contextFor(id, owner, asked.branch);
    if (!context) throw contextNotFound(id);
    const branch = asked.branch ?? context.active_branch;
    const { model, draft: begun } = await this.beginning.begin(context, branch, asked.model);
    const { draft, problem } = await this.pass({ ...begun, isExact: true });
    return { context_id: id, branch, model: model.id, ...mapToPreview(draft, problem) };
  }

  private async pass(begun: Draft): Promise<{ readonly draft: Draft; readonly problem?: AbortReason }> {
    let draft = begun;
    for (let at = 0; ;) {
      const progress = proceed(this.steps, draft, at);
      if (progress.type === 'passed') return { draft: progress.draft };
      // What the steps before it have made of the draft says what did not fit.
      if (progress.type === 'aborted') return { draft, problem: progress.reason };
      ({ at } = progress);
      draft = await this.fetch(progress.need, progress.draft);
    }
  }

  private fetch(need: Need, draft: Draft): Promise<Draft> {
    if (need.type === 'references')
      throw new Error('A preview has no question that could refer to anything.');
    if (need.type === 'summary')
      return Promise.resolve({ ...draft, folding: { type: 'refused', plan: need.plan } });
    return this.needs.fetch(need, draft);
  }
}
