import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { proceed } from '../../prompts/pipeline.js';
import type { Tx } from '../../storage/tx.js';
import { AnswerSteps } from '../answer-steps.js';
import { RunLost } from '../answer.js';
import { RunKinds, type RunKind } from '../kinds-of-runs.js';
import { planOf, weigh } from '../pipeline/budget-steps.js';
import { DraftBeginning } from '../pipeline/draft-beginning.js';
import type { Draft, Step } from '../pipeline/draft.js';
import { PlainNeeds } from '../pipeline/plain-needs.js';
import { PromptPull } from '../pipeline/prompt.pull.js';
import { assemble } from '../pipeline/steps.js';
import type { RunEntity } from '../run.entity.js';
import { RunStore } from '../run.store.js';
import { Turns } from '../turns.js';
import { Compressor } from './compressor.js';
import type { SummaryNote } from './summary-units.js';
import { SummaryUnits } from './summary-units.js';

/** The name of its kind in `runs.kind`. */
export const compressKind = 'compress';

const steps: readonly Step[] = [
  { stage: 'optimizing_context', take: assemble },
  { stage: 'optimizing_context', take: weigh },
];

/**
 * Summarizes older turns because somebody asked for it. It holds the context's turn, so that nothing is written beside it;
 * until its summary is written it has changed nothing, and after a crash it begins again.
 */
@Injectable()
export class CompressRun implements RunKind, OnModuleInit {
  constructor(
    private readonly kinds: RunKinds,
    private readonly steps: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly prompts: PromptPull,
    private readonly beginning: DraftBeginning,
    private readonly needs: PlainNeeds,
    private readonly compressor: Compressor,
    private readonly units: SummaryUnits,
  ) {}

  onModuleInit(): void {
    this.kinds.add(compressKind, this);
  }

  async execute(run: RunEntity, stop: AbortSignal): Promise<void> {
    const context = await this.prompts.contextOn(run.context_id, run.branch);
    if (!context) throw new RunLost();
    const { model, draft: begun } = await this.beginning.begin(context, run.branch);
    const draft = await this.counted({ ...begun, isExact: true });
    const plan = planOf(draft, { isByHand: true });
    const note = plan && (await this.compressor.write({ run, draft, model }, plan, stop));
    await this.steps.held('complete_compress', run, async ({ tx, context: held }) => {
      const next = note ? (await this.units.add(tx, held, run, note)).context : held;
      const ended = await this.contexts.advance(tx, next, { type: 'message_recorded' });
      const error = errorOf(note);
      await this.runs.end(tx, run.id, error ? 'failed' : 'completed', error);
      await this.turns.startNext(tx, ended);
    });
  }

  close(_tx: Tx, context: Context): Promise<Context> {
    return Promise.resolve(context);
  }

  /** It remembers nothing of its own. */
  removeSome(): Promise<number> {
    return Promise.resolve(0);
  }

  private async counted(begun: Draft): Promise<Draft> {
    let draft = begun;
    for (let at = 0; ;) {
      const progress = proceed(steps, draft, at);
      if (progress.type === 'passed') return progress.draft;
      if (progress.type === 'aborted') throw new Error(progress.reason.message);
      ({ at } = progress);
      const { need } = progress;
      if (need.type === 'references' || need.type === 'summary')
        throw new Error(`Nobody asked for ${need.type}.`);
      draft = await this.needs.fetch(need, progress.draft);
    }
  }
}

const errorOf = (note: SummaryNote | undefined): { code: string; message: string } | undefined => {
  if (note?.kind !== 'processing') return undefined;
  const { code, message } = note.data.metadata;
  return { code: String(code), message: String(message) };
};
