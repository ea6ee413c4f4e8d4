import { Injectable } from '@nestjs/common';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import { newId, type MessageId } from '../../kernel/ids.js';
import { mapToHint } from '../../messages/map-to-hint.js';
import { MessageStore } from '../../messages/message.store.js';
import {
  isKnown,
  kindRule,
  type ApprovalStatus,
  type KnownPayload,
  type MessageRole,
  type MessageStatus,
} from '../../messages/message-kinds.js';
import type { Tx } from '../../storage/tx.js';
import type { RunEntity } from '../run.entity.js';
import { shownArguments, type PlannedCall } from './call-plan-format.js';
import type { TimedOutcome } from './outcome-format.js';
import { ToolCallStore, type OpenCall } from './tool-call.store.js';

interface Added {
  readonly context: Context;
  readonly id: MessageId;
}

type Draft = KnownPayload & { readonly role: MessageRole; readonly status: MessageStatus };

/** How a request was decided. */
export interface RequestEnd {
  readonly approval_status: Exclude<ApprovalStatus, 'pending'>;
  readonly status: Exclude<MessageStatus, 'streaming'>;
  /** Who decided, when it was the user. */
  readonly by?: string;
}

/** What a round leaves in the pool. Each message has a revision of its own, so every method gives the context back. */
@Injectable()
export class RoundMessages {
  constructor(
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly calls: ToolCallStore,
    private readonly clock: Clock,
  ) {}

  /** One request for all calls that are no MCP server's, and one for each of the others; `ids` are in call order. */
  async addRequests(
    tx: Tx,
    context: Context,
    run: RunEntity,
    plan: readonly PlannedCall[],
  ): Promise<{ readonly context: Context; readonly ids: readonly MessageId[] }> {
    const ids: MessageId[] = [];
    const own = plan.filter(({ tool }) => tool?.source !== 'mcp');
    let current = context;
    let ownId: MessageId | undefined;
    for (const planned of plan) {
      const isOwn = own.includes(planned);
      if (!isOwn || ownId === undefined) {
        const payload = isOwn ? this.requestOf(own) : this.mcpRequestOf(planned);
        const status = payload.data.approval_status === 'pending' ? 'streaming' : 'complete';
        const added = await this.add(tx, current, run, { ...payload, role: 'assistant', status });
        current = added.context;
        ids.push(added.id);
        if (isOwn) ownId = added.id;
      } else ids.push(ownId);
    }
    return { context: current, ids };
  }

  /** A request that waited is decided. One that is decided already stays as it is. */
  async decide(tx: Tx, context: Context, id: MessageId, { by, ...end }: RequestEnd): Promise<Context> {
    const request = await this.messages.open(tx, context, id);
    if (!request || !isKnown(request)) return context;
    const { approval_status, status } = end;
    const next = await this.contexts.tick(tx, context);
    if (request.kind === 'mcp_tool_request')
      await this.messages.revise(tx, next, id, {
        payload: { kind: request.kind, data: { ...request.data, approval_status } },
        status,
      });
    else if (request.kind === 'tool_request') {
      const approved_at = toTimestamp(this.clock.now());
      const data = { ...request.data, approval_status, ...(by && { approved_at, approved_by: by }) };
      await this.messages.revise(tx, next, id, { payload: { kind: request.kind, data }, status });
    }
    return next;
  }

  /** Adds the results of the calls that are answered, as far as no call before them is still open. */
  async recordHead(tx: Tx, context: Context, run: RunEntity, calls: readonly OpenCall[]): Promise<Context> {
    let current = context;
    for (const call of calls) {
      if (call.status === 'recorded') continue;
      if (call.outcome === null) break;
      current = await this.addResult(tx, current, run, call, JSON.parse(call.outcome) as TimedOutcome);
      await this.calls.save(tx, { ...call, status: 'recorded' });
    }
    return current;
  }

  /** Adds the result of a call. */
  async addResult(
    tx: Tx,
    context: Context,
    run: RunEntity,
    call: OpenCall,
    outcome: TimedOutcome,
  ): Promise<Context> {
    const draft = { ...resultOf(call, outcome), role: 'tool', status: 'complete' } as const;
    return (await this.add(tx, context, run, draft)).context;
  }

  /** Adds a result that will be told again once the call has ended. */
  addOpenResult(
    tx: Tx,
    context: Context,
    run: RunEntity,
    call: OpenCall,
    outcome: TimedOutcome,
  ): Promise<Added> {
    return this.add(tx, context, run, { ...resultOf(call, outcome), role: 'tool', status: 'streaming' });
  }

  /** Ends such a result: with what came of the call, or as it was said before. */
  async endResult(
    tx: Tx,
    context: Context,
    call: OpenCall,
    status: 'complete' | 'interrupted',
    outcome?: TimedOutcome,
  ): Promise<void> {
    const id = call.result_message_id;
    const message = id && (await this.messages.open(tx, context, id));
    if (!id || !message || !isKnown(message)) return;
    const next = await this.contexts.tick(tx, context);
    const payload = outcome ? resultOf(call, outcome) : message;
    await this.messages.revise(tx, next, id, { payload, status });
  }

  private async add(
    tx: Tx,
    context: Context,
    run: RunEntity,
    { role, status, ...payload }: Draft,
  ): Promise<Added> {
    const next = await this.contexts.tick(tx, context);
    const branch = await this.branches.get(tx, context.id, run.branch);
    const id = newId<MessageId>();
    const { source } = kindRule(payload.kind);
    const metadata = { source, display_hint: mapToHint(payload), run_id: run.id };
    await this.messages.add(tx, next, branch, { id, role, status, payload, metadata });
    return { context: next, id };
  }

  private requestOf(plan: readonly PlannedCall[]) {
    const calls = plan.map(({ call }) => ({
      id: call.tool_call_id,
      name: call.tool_name,
      arguments: shownArguments(call.arguments),
    }));
    return { kind: 'tool_request', data: { calls, ...this.asked(plan) } } as const;
  }

  private mcpRequestOf(planned: PlannedCall) {
    const { call, tool } = planned;
    const data = {
      server_name: tool?.server_name ?? '',
      tool_name: tool?.original_name ?? call.tool_name,
      arguments: shownArguments(call.arguments),
      request_id: call.tool_call_id,
      ...this.asked([planned]),
    };
    return { kind: 'mcp_tool_request', data } as const;
  }

  private asked(plan: readonly PlannedCall[]) {
    const requested_at = toTimestamp(this.clock.now());
    return { approval_status: approvalOf(plan), requested_at };
  }
}

function approvalOf(plan: readonly PlannedCall[]): ApprovalStatus {
  if (plan.some(({ status }) => status === 'pending')) return 'pending';
  return plan.every(({ status }) => status === 'denied') ? 'denied' : 'auto_approved';
}

function resultOf(
  call: OpenCall,
  { execution_status, result, error, duration_ms, executed_at }: TimedOutcome,
) {
  const outcome = {
    request_id: call.tool_call_id,
    result,
    execution_status,
    executed_at,
    duration_ms,
    ...(error && { error }),
  };
  return call.server_name === null
    ? ({ kind: 'tool_result', data: { ...outcome, tool_name: call.tool_name } } as const)
    : ({
        kind: 'mcp_tool_result',
        data: { ...outcome, server_name: call.server_name, tool_name: call.original_name ?? call.tool_name },
      } as const);
}
