import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ModelRegistry, type ResolvedModel } from '../../providers/model-registry.js';
import { AnswerSteps } from '../answer-steps.js';
import type { Draft, Folding } from '../pipeline/draft.js';
import { TokenCounts } from '../pipeline/token-counts.js';
import type { RunEntity } from '../run.entity.js';
import { failedStage, type FoldPlan } from './plan-fold-policy.js';
import { SummaryFailed, Summarizer } from './summarizer.js';
import { SummaryUnits, type SummaryNote } from './summary-units.js';

export interface CompressedTurn {
  readonly run: RunEntity;
  readonly draft: Draft;
  /** Answers, and writes the summaries where no other model is set for that. */
  readonly model: ResolvedModel;
}

/** Has older turns summarized. Where that fails the user is told, in a message, and the turn goes on without. */
@Injectable()
export class Compressor {
  private readonly logger = new Logger('runs');

  constructor(
    private readonly summarizer: Summarizer,
    private readonly tokens: TokenCounts,
    private readonly steps: AnswerSteps,
    private readonly units: SummaryUnits,
    private readonly models: ModelRegistry,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Adds the summary, or the note that there is none, to the branch. RunLost once the run is another's. */
  async compress(turn: CompressedTurn, plan: FoldPlan, stop: AbortSignal): Promise<Folding> {
    const note = await this.write(turn, plan, stop);
    const { message } = await this.steps.held('add_summary', turn.run, ({ tx, context }) =>
      this.units.add(tx, context, turn.run, note),
    );
    return note.kind === 'summary' ? { type: 'made', summary: message } : { type: 'failed' };
  }

  /** A summary; or, where that could not be had, the note that says why. */
  async write({ draft, model }: CompressedTurn, plan: FoldPlan, stop: AbortSignal): Promise<SummaryNote> {
    const startedAt = toTimestamp(this.clock.now());
    try {
      const { owner, id: context_id } = draft.context;
      const scope = { owner, context_id, purpose: 'summary' } as const;
      const writer = this.writerOf(draft, model);
      const { content, ...facts } = await this.summarizer.summarize(scope, writer, plan, stop);
      const tokens_after = await this.tokens.ofMessage({ role: 'system', content }, draft.facts);
      return { kind: 'summary', data: { content, ...facts, tokens_after, strategy: 'summarize' } };
    } catch (error) {
      if (!(error instanceof SummaryFailed)) throw error;
      const { code, message } = error;
      this.logger.warn(`No summary of context ${draft.context.id} (${code}); older turns are left out.`);
      const metadata = { code, message, fallback: 'recent_n' };
      return { kind: 'processing', data: { stage: failedStage, started_at: startedAt, metadata } };
    }
  }

  /** Throws SummaryFailed for a model that is not there any more. */
  private writerOf({ context }: Draft, model: ResolvedModel): ResolvedModel {
    const id = context.config.compression?.model ?? this.settings.compressionModel;
    if (id === undefined) return model;
    try {
      return this.models.resolve(id);
    } catch (error) {
      if (error instanceof DomainError) throw new SummaryFailed(error.code, error.message);
      throw error;
    }
  }
}
