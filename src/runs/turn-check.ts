import { Injectable } from '@nestjs/common';
import { modesOf, type Mode } from '../config/mode-table.js';
import type { ModelFacts } from '../config/model-table.js';
import { Settings } from '../config/settings.js';
import { contextOnBranch } from '../contexts/branch-config.js';
import type { Context } from '../contexts/context-row.js';
import { DomainError } from '../kernel/domain-error.js';
import type { BranchId, ContextId, Owner } from '../kernel/ids.js';
import type { MessagePayload } from '../messages/message-kinds.js';
import { promptBudget } from '../prompts/budget-policy.js';
import { ModelRegistry, type ResolvedModel } from '../providers/model-registry.js';
import { PromptPull } from './pipeline/prompt.pull.js';
import { TokenCounts } from './pipeline/token-counts.js';
import { incapableText, lacking, needsOf } from './turn-needs-policy.js';

/** So few bytes have few tokens; they are not counted before the turn begins. */
const fewBytes = 1000;

interface Asked {
  /** The model for this answer alone. */
  readonly model?: string | null;
  /** What is to be answered, where it is known. */
  readonly payload?: MessagePayload;
}

interface Place {
  readonly contextId: ContextId;
  readonly owner: Owner;
  readonly branch?: BranchId;
}

/**
 * Refuses, before anything is written, a turn that its model could not take: 422 `model_incapable`, with what it lacks and
 * the models that do not. What shows only later, the run finds out.
 */
@Injectable()
export class TurnCheck {
  private readonly modes: ReadonlyMap<string, Mode>;

  constructor(
    private readonly models: ModelRegistry,
    private readonly prompts: PromptPull,
    private readonly tokens: TokenCounts,
    private readonly settings: Settings,
  ) {
    this.modes = modesOf(settings);
  }

  /** For a unit: it awaits nothing. Throws `unknown_model`, `model_incapable`. */
  require(context: Context, branch: { readonly config: string }, { model, payload }: Asked): void {
    const { config } = contextOnBranch(context, branch);
    const resolved = this.models.resolve(model ?? config.model);
    const needs = needsOf(config, this.modes.get(config.mode ?? ''), payload);
    const lacks = lacking(resolved.facts, needs);
    if (lacks.length === 0) return;
    const detail = incapableText(resolved.id, lacks);
    throw this.incapable(resolved, detail, lacks, (facts) => lacking(facts, needs).length === 0);
  }

  /**
   * Before the unit, for counting takes time: a text must leave the model room for an answer. Gives the refusal, to be
   * thrown by the unit: a command that was carried out before is not refused when it is sent again.
   */
  async roomProblem(
    text: string,
    { contextId, owner, branch }: Place,
    model?: string,
  ): Promise<DomainError | undefined> {
    if (Buffer.byteLength(text) <= fewBytes) return undefined;
    const context = await this.prompts.contextOn(contextId, branch);
    if (!context || context.owner !== owner) return undefined;
    const answer = context.config.parameters?.max_tokens ?? this.settings.modelAnswerTokens;
    const roomIn = (facts: ModelFacts): number =>
      promptBudget(facts.context_window, Math.min(answer, facts.max_output_tokens));
    const resolved = this.models.resolve(model ?? context.config.model);
    const room = roomIn(resolved.facts);
    // A token is a byte at least.
    if (Buffer.byteLength(text) <= room) return undefined;
    const tokens = await this.tokens.ofText(text, resolved.facts);
    if (tokens <= room) return undefined;
    const detail = `The message has about ${tokens} tokens, and the model ${resolved.id} takes ${room}.`;
    return this.incapable(resolved, detail, ['window'], (facts) => roomIn(facts) >= tokens);
  }

  private incapable(
    { id: model }: ResolvedModel,
    detail: string,
    needs: readonly string[],
    isCapable: (facts: ModelFacts) => boolean,
  ): DomainError {
    const models = this.models.listOf(isCapable);
    const others =
      models.length === 0 ? 'No model that is known here can.' : `These can: ${models.join(', ')}.`;
    return new DomainError('model_incapable', `${detail} ${others}`, { model, needs, models });
  }
}
