import { Injectable } from '@nestjs/common';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { stages, type ContextState, type Stage } from '../../contexts/context-state.js';
import { MessageStore } from '../../messages/message.store.js';
import { AnswerSteps } from '../answer-steps.js';
import type { RunEntity } from '../run.entity.js';
import type { Companion } from './draft.js';

/** The pipeline's units. Each throws RunLost once the run is another's. */
@Injectable()
export class StageUnits {
  constructor(
    private readonly units: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
  ) {}

  /** Enters every stage up to this one that the context has not been in, and adds messages behind the question. */
  show(run: RunEntity, stage: Stage, companions: readonly Companion[] = []): Promise<Context> {
    return this.units.held('enter_stages', run, async ({ tx, context }) => {
      const events = stagesTo(stage, context.state).map(
        (next) => ({ type: 'stage_entered', stage: next }) as const,
      );
      let next = await this.contexts.advanceAll(tx, context, events);
      for (const { id, role, kind, data, metadata } of companions) {
        next = await this.contexts.tick(tx, next);
        const branch = await this.branches.get(tx, context.id, run.branch);
        await this.messages.add(tx, next, branch, { id, role, payload: { kind, data }, metadata });
      }
      return next;
    });
  }
}

/** The stages after the one that the context is in, up to and with `stage`. */
function stagesTo(stage: Stage, state: ContextState): readonly Stage[] {
  const current = state.type === 'active' ? stages.indexOf(state.stage) : -1;
  return stages.slice(current + 1, stages.indexOf(stage) + 1);
}
