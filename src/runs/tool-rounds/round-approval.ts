import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { policyOf, remember, type Decision } from '../../contexts/approval-policy.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import type { ContextEvent } from '../../contexts/context-state.js';
import { refusalFacts } from '../../contexts/refusals.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner } from '../../kernel/ids.js';
import type { Tx } from '../../storage/tx.js';
import type { RunEntity } from '../run.entity.js';
import { RunStore } from '../run.store.js';
import { denied } from './outcome-format.js';
import { RoundMessages } from './round-messages.js';
import { ToolCallStore, type OpenCall } from './tool-call.store.js';

/** What the user says of one call. */
export interface CallDecision {
  readonly tool_call_id: string;
  readonly decision: Decision;
  /** Of a denial, for the model to read. */
  readonly reason?: string;
  /** Decides all later calls of the same tool in this context too. */
  readonly remember?: boolean;
}

const statusOf = { approve: 'approved', deny: 'denied' } as const;

/**
 * Takes the user's decisions about an open round, within the unit of a command. Invariants: a decision is never taken
 * back, and one that is said twice changes nothing; either all decisions of a command count or none; the round goes on
 * with the commit in which its last call is decided, whoever decided the others.
 */
@Injectable()
export class RoundApproval {
  constructor(
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly calls: ToolCallStore,
    private readonly messages: RoundMessages,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** `unprocessable` for a call that is not of this round; `decision_conflict` for one that was decided otherwise. */
  async decide(
    tx: Tx,
    context: Context,
    run: RunEntity,
    decisions: readonly CallDecision[],
    by: Owner,
  ): Promise<Context> {
    const before = await this.calls.of(tx, run);
    const after = before.map((call) => this.decided(call, decisions, by));
    for (const { tool_call_id } of decisions)
      if (!before.some((call) => call.tool_call_id === tool_call_id)) throw unknownCall(tool_call_id);
    this.refuseContrary(context, before, decisions);
    for (const [index, call] of after.entries()) if (call !== before[index]) await this.calls.save(tx, call);
    const remembered = await this.remember(tx, context, before, decisions);
    if (after.every((call, index) => call === before[index])) return remembered;
    return this.move(tx, await this.decideRequests(tx, remembered, after, by), run, after);
  }

  private decided(call: OpenCall, decisions: readonly CallDecision[], by: Owner): OpenCall {
    const said = decisions.find(({ tool_call_id }) => tool_call_id === call.tool_call_id);
    if (!said || call.status !== 'pending') return call;
    const status = statusOf[said.decision];
    if (status === 'approved') return { ...call, status, decided_by: by };
    const outcome = { ...denied(said.reason), executed_at: toTimestamp(this.clock.now()) };
    return { ...call, status, decided_by: by, outcome: JSON.stringify(outcome) };
  }

  private refuseContrary(
    context: Context,
    calls: readonly OpenCall[],
    decisions: readonly CallDecision[],
  ): void {
    for (const { tool_call_id, decision } of decisions) {
      const call = calls.find((one) => one.tool_call_id === tool_call_id);
      if (!call || call.status === 'pending' || call.status === statusOf[decision]) continue;
      const what =
        call.status === 'done' ? 'cannot be made, whatever is decided' : `is ${call.status} already`;
      throw new DomainError('decision_conflict', `The call ${tool_call_id} ${what}.`, refusalFacts(context));
    }
  }

  private remember(
    tx: Tx,
    context: Context,
    calls: readonly OpenCall[],
    decisions: readonly CallDecision[],
  ): Promise<Context> | Context {
    const before = policyOf(context.config.tool_policy, this.settings.toolPolicy);
    let policy = before;
    for (const { tool_call_id, decision, remember: isForAll } of decisions) {
      const call = calls.find((one) => one.tool_call_id === tool_call_id);
      if (isForAll && call?.status === 'pending')
        policy = remember(policy, { tool_name: call.tool_name, decision });
    }
    if (policy === before) return context;
    return this.contexts.update(tx, context, { config: { ...context.config, tool_policy: policy } });
  }

  /** A request is decided when all of its calls are. */
  private async decideRequests(
    tx: Tx,
    context: Context,
    calls: readonly OpenCall[],
    by: Owner,
  ): Promise<Context> {
    let current = context;
    for (const id of new Set(calls.map((call) => call.request_message_id))) {
      const own = calls.filter((call) => call.request_message_id === id);
      if (own.some(({ status }) => status === 'pending')) continue;
      const isApproved = own.some(({ status }) => status === 'approved');
      const approval_status = isApproved ? 'approved' : 'denied';
      current = await this.messages.decide(tx, current, id, { approval_status, status: 'complete', by });
    }
    return current;
  }

  private async move(tx: Tx, context: Context, run: RunEntity, calls: readonly OpenCall[]): Promise<Context> {
    const pending = calls.filter(({ status }) => status === 'pending');
    if (pending.length > 0) return this.contexts.advance(tx, context, { type: 'approval_recorded', pending });
    await this.runs.release(tx, run.id);
    const first = calls.find(({ status }) => status === 'approved');
    if (first) return this.contexts.advance(tx, context, approvedEvent(first, run.depth, calls.length));
    const answered = await this.messages.recordHead(tx, context, run, calls);
    await this.calls.removeRound(tx, run);
    return this.contexts.advance(tx, answered, { type: 'tools_denied' });
  }
}

const approvedEvent = (first: OpenCall, depth: number, total: number): ContextEvent => ({
  type: 'tools_approved',
  tool_id: first.tool_call_id,
  tool_name: first.tool_name,
  depth,
  total,
});

const unknownCall = (id: string): DomainError =>
  new DomainError('unprocessable', `No call ${id} waits for a decision here.`);
