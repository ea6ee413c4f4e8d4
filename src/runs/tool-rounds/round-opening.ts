import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { policyOf, roundsAllowed } from '../../contexts/approval-policy.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import type { ContextEvent } from '../../contexts/context-state.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import type { MessageId } from '../../kernel/ids.js';
import { ModelError } from '../../providers/model-error.js';
import { StreamStore } from '../../streaming/stream.store.js';
import { ToolRegistry, type Offer } from '../../tools/tool-registry.js';
import type { Answer, Step } from '../answer.js';
import { AnswerSteps } from '../answer-steps.js';
import type { RunEntity } from '../run.entity.js';
import { RunStore } from '../run.store.js';
import { Turns } from '../turns.js';
import { planCall, withOwnIds, type PlannedCall, type ReadCall } from './call-plan-format.js';
import { RoundMessages } from './round-messages.js';
import { ToolCallStore, type OpenCall } from './tool-call.store.js';

/** `open`: its calls are to be made. `waiting`: the user decides first. `at_limit`: the user must say go on. */
export type Opened = 'open' | 'waiting' | 'at_limit';

/**
 * Begins a round of tool calls. Invariants: the answer's end, the requests in the pool, the rows of the calls and the
 * state are one commit, so that a crash finds either the answer still streaming or the whole round; a call that cannot be
 * made is an answer to the model and waits for nobody; nothing was executed by the time that a call's row is there.
 */
@Injectable()
export class RoundOpening {
  constructor(
    private readonly steps: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly streams: StreamStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly calls: ToolCallStore,
    private readonly messages: RoundMessages,
    private readonly tools: ToolRegistry,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** `offer` is what the model was offered: no call is allowed more. `upstream_protocol` for too many calls at once. */
  async open(answer: Answer, offer: Offer): Promise<Opened> {
    const { step } = answer;
    const read = await this.read(answer, offer);
    return this.steps.held('open_tool_round', step.run, async ({ tx, context }) => {
      const { run, depth } = step;
      const policy = policyOf(context.config.tool_policy, this.settings.toolPolicy);
      const plan = read.map((call) => planCall(call, policy));
      const begun = await this.contexts.advance(tx, context, eventOf(plan, depth));
      const { finish_reason, usage } = answer.finish;
      const stream = await this.streams.find(tx, context.id);
      if (stream) await this.streams.end(tx, begun, stream, { status: 'complete', finish_reason, usage });
      const { context: asked, ids } = await this.messages.addRequests(tx, begun, run, plan);
      await this.calls.add(tx, this.rowsOf(plan, run, ids));
      await this.runs.deepen(tx, run.id, depth);
      if (asked.state.type === 'awaiting_user') {
        await this.runs.wait(tx, run.id);
        return 'waiting';
      }
      if (depth <= roundsAllowed(policy, this.settings.maxToolDepth)) return 'open';
      await this.endAtLimit(step, tx, asked);
      return 'at_limit';
    });
  }

  /** Whoever waits in line has written instead of allowing more rounds. */
  private async endAtLimit({ run }: Step, tx: Parameters<Turns['end']>[0], context: Context): Promise<void> {
    const ended = await this.turns.end(tx, context, run, {
      event: { type: 'depth_exceeded' },
      run: 'completed',
      stream: { status: 'complete', finish_reason: 'tool_calls' },
    });
    await this.turns.startNext(tx, ended);
  }

  private async read({ calls }: Answer, offer: Offer): Promise<readonly ReadCall[]> {
    const most = this.settings.maxToolCalls;
    if (calls.length > most)
      throw new ModelError('upstream_protocol', `The model made more than ${most} tool calls at once.`, {
        retryable: true,
      });
    const tools = await this.tools.offered(offer);
    return Promise.all(
      withOwnIds(calls).map(async (call) => ({
        call,
        tool: tools.find(({ name }) => name === call.tool_name),
        checked: await this.tools.check(call.tool_name, call.arguments, offer),
      })),
    );
  }

  private rowsOf(plan: readonly PlannedCall[], run: RunEntity, ids: readonly MessageId[]): OpenCall[] {
    const executed_at = toTimestamp(this.clock.now());
    return plan.map(({ call, tool, status, outcome }, position) => ({
      context_id: run.context_id,
      run_id: run.id,
      position,
      tool_call_id: call.tool_call_id,
      tool_name: call.tool_name,
      server_name: tool?.server_name ?? null,
      original_name: tool?.original_name ?? null,
      arguments: call.arguments,
      request_message_id: ids[position] ?? missing(),
      result_message_id: null,
      status,
      is_repeatable: 0,
      attempts: 0,
      ends_by: 0,
      decided_by: null,
      outcome: outcome ? JSON.stringify({ ...outcome, executed_at }) : null,
    }));
  }
}

/** Calls that wait wait all together: those that the policy permits are made when the others are decided. */
function eventOf(plan: readonly PlannedCall[], depth: number): ContextEvent {
  const pending = plan
    .filter(({ status }) => status === 'pending')
    .map(({ call: { tool_call_id, tool_name } }) => ({ tool_call_id, tool_name }));
  if (pending.length > 0) return { type: 'approval_required', pending };
  const first = plan.find(({ status }) => status === 'approved') ?? plan[0];
  if (!first) throw new Error('A round of tools needs a call.');
  const { tool_call_id: tool_id, tool_name } = first.call;
  return { type: 'tools_approved', tool_id, tool_name, depth, total: plan.length };
}

function missing(): never {
  throw new Error('A call has no request.');
}
