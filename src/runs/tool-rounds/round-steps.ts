import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { contextOnBranch } from '../../contexts/branch-config.js';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import { Storage } from '../../storage/storage.js';
import type { Tx } from '../../storage/tx.js';
import type { ToolOutcome } from '../../tools/tool-outcome.js';
import type { ToolDefinition } from '../../tools/tool-source.js';
import { AnswerSteps } from '../answer-steps.js';
import type { RunEntity } from '../run.entity.js';
import { interrupted, type TimedOutcome } from './outcome-format.js';
import { RoundMessages } from './round-messages.js';
import { ToolCallStore, type OpenCall } from './tool-call.store.js';

/** A tool that only reads is started once more after a crash; a second one must be its doing. */
const maxAttempts = 2;

/** How much longer than its limits a call may take to be recorded, on a machine that is busy. */
const marginMs = 5_000;

/** What is known of a round when its execution begins, or begins again. */
export interface Resumed {
  /** As it is on the run's branch. */
  readonly context: Context;
  readonly calls: readonly OpenCall[];
}

/** The units of a round that is being executed. Each throws RunLost once the run is another's. */
@Injectable()
export class RoundSteps {
  constructor(
    private readonly storage: Storage,
    private readonly steps: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly calls: ToolCallStore,
    private readonly messages: RoundMessages,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Whatever was running was left by a process that is gone. Undefined when no round is open. */
  resume(run: RunEntity): Promise<Resumed | undefined> {
    return this.steps.held('resume_tool_round', run, async ({ tx, context }) => {
      const found = await this.calls.of(tx, run);
      if (found.length === 0) return undefined;
      const calls: OpenCall[] = [];
      for (const call of found)
        calls.push(call.status === 'running' ? await this.calls.save(tx, this.afterCrash(call)) : call);
      const recorded = await this.messages.recordHead(tx, context, run, calls);
      const branch = await this.branches.get(tx, context.id, run.branch);
      return { context: contextOnBranch(recorded, branch), calls };
    });
  }

  /** Marks calls as running, in one commit and before any of them is. */
  async start(run: RunEntity, tools: ReadonlyMap<number, ToolDefinition>): Promise<void> {
    await this.steps.held('start_tools', run, async ({ tx, context }) => {
      const calls = await this.calls.of(tx, run);
      const done = calls.filter(({ outcome }) => outcome !== null).length;
      let current = context;
      for (const call of calls) {
        const tool = tools.get(call.position);
        if (!tool) continue;
        await this.calls.save(tx, this.started(call, tool));
        const { tool_call_id: tool_id, tool_name } = call;
        current = await this.contexts.advance(tx, current, {
          type: 'tool_started',
          tool_id,
          tool_name,
          done,
        });
      }
    });
  }

  /** Keeps the outcome at once; its result goes to the pool as soon as those before it have. */
  async finish(run: RunEntity, position: number, outcome: ToolOutcome): Promise<void> {
    await this.steps.held('finish_tool', run, async ({ tx, context }) => {
      const calls = await this.calls.of(tx, run);
      const now: OpenCall[] = [];
      for (const call of calls)
        now.push(call.position === position ? await this.calls.save(tx, this.done(call, outcome)) : call);
      await this.messages.recordHead(tx, context, run, now);
    });
  }

  /** Every call has its result: the model is to be asked again. */
  async complete(run: RunEntity): Promise<void> {
    await this.steps.held('complete_tool_round', run, async ({ tx, context }) => {
      await this.calls.removeRound(tx, run);
      await this.contexts.advance(tx, context, { type: 'tools_completed' });
    });
  }

  /** The turn was cancelled while the call ran: its result is told again, now that it is known. */
  async settle(run: RunEntity, position: number, outcome: ToolOutcome): Promise<void> {
    await this.storage.commit('settle_tool', async (tx) => {
      const context = await this.contexts.tryLock(tx, run.context_id);
      const call = (await this.calls.of(tx, run)).find((one) => one.position === position);
      if (!context || !call?.result_message_id) return;
      await this.end(tx, context, call, this.timed(outcome));
    });
  }

  /** Nobody can tell any more how this call ended. */
  async giveUp(call: OpenCall): Promise<void> {
    await this.storage.commit('give_up_tool', async (tx) => {
      const context = await this.contexts.tryLock(tx, call.context_id);
      if (context) await this.end(tx, context, call);
    });
  }

  private async end(tx: Tx, context: Context, call: OpenCall, outcome?: TimedOutcome): Promise<void> {
    await this.messages.endResult(tx, context, call, outcome ? 'complete' : 'interrupted', outcome);
    await this.calls.remove(tx, call);
  }

  private started(call: OpenCall, tool: ToolDefinition): OpenCall {
    const isRepeatable = tool.permissions.every((permission) => permission === 'read');
    return {
      ...call,
      status: 'running',
      attempts: call.attempts + 1,
      is_repeatable: isRepeatable ? 1 : 0,
      ends_by: this.clock.now() + tool.timeout_ms + this.settings.toolGraceMs + marginMs,
    };
  }

  private afterCrash(call: OpenCall): OpenCall {
    const isAgain = call.is_repeatable === 1 && call.attempts < maxAttempts;
    return isAgain ? { ...call, status: 'approved', ends_by: 0 } : this.done(call, interrupted());
  }

  private done(call: OpenCall, outcome: ToolOutcome): OpenCall {
    return { ...call, status: 'done', outcome: JSON.stringify(this.timed(outcome)) };
  }

  private timed(outcome: ToolOutcome): TimedOutcome {
    return { ...outcome, executed_at: toTimestamp(this.clock.now()) };
  }
}
