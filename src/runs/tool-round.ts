import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { Clock, toTimestamp } from '../kernel/clock.js';
import { mapToHint } from '../messages/map-to-hint.js';
import { MessageStore } from '../messages/message.store.js';
import { kindRule, type KnownPayload, type MessageRole, type ToolCall } from '../messages/message-kinds.js';
import type { Tx } from '../storage/tx.js';
import { StreamStore } from '../streaming/stream.store.js';
import type { Answer, Step, ToolCallPart } from './answer.js';
import { AnswerSteps } from './answer-steps.js';
import { Turns } from './turns.js';

/**
 * One round of tool calls. No tool is offered to the model, so whatever it calls does not exist here: it is told so
 * by a tool result for each call, in call order, and asked again. The user's turn does not fail because of it.
 */
@Injectable()
export class ToolRound {
  constructor(
    private readonly steps: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly streams: StreamStore,
    private readonly turns: Turns,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** True when the model is to be asked again; false when the round was one too many and the user must say go on. */
  execute(step: Step, answer: Answer): Promise<boolean> {
    return this.steps.held('answer_tool_calls', step.run, async ({ tx, context }) => {
      const asked = await this.recordRequest(tx, context, step, answer);
      if (step.depth >= this.settings.maxToolDepth) {
        const ended = await this.turns.end(tx, asked, step.run, {
          event: { type: 'depth_exceeded' },
          run: 'completed',
          stream: { status: 'complete', finish_reason: 'tool_calls' },
        });
        // Whoever waits in line has written instead of allowing more rounds.
        await this.turns.startNext(tx, ended);
        return false;
      }
      const answered = await this.recordResults(tx, asked, step, answer.calls);
      await this.contexts.advance(tx, answered, { type: 'tools_completed' });
      return true;
    });
  }

  private async recordRequest(
    tx: Tx,
    context: Context,
    step: Step,
    { calls, finish }: Answer,
  ): Promise<Context> {
    const [first] = calls;
    if (!first) throw new Error('A round of tools needs a call.');
    const next = await this.contexts.advance(tx, context, {
      type: 'tools_approved',
      tool_id: first.tool_call_id,
      tool_name: first.tool_name,
      depth: step.depth,
      total: calls.length,
    });
    const open = await this.streams.find(tx, context.id);
    const { finish_reason, usage } = finish;
    if (open) await this.streams.end(tx, next, open, { status: 'complete', finish_reason, usage });
    const requested_at = toTimestamp(this.clock.now());
    return this.record(tx, await this.contexts.tick(tx, next), step, 'assistant', {
      kind: 'tool_request',
      data: { calls: calls.map(toCall), approval_status: 'auto_approved', requested_at },
    });
  }

  private async recordResults(
    tx: Tx,
    context: Context,
    step: Step,
    calls: readonly ToolCallPart[],
  ): Promise<Context> {
    let next = context;
    for (const [done, { tool_call_id, tool_name }] of calls.entries()) {
      next = await this.contexts.advance(tx, next, {
        type: 'tool_started',
        tool_id: tool_call_id,
        tool_name,
        done,
      });
      await this.record(tx, next, step, 'tool', {
        kind: 'tool_result',
        data: {
          request_id: tool_call_id,
          tool_name,
          result: null,
          execution_status: 'failed',
          executed_at: toTimestamp(this.clock.now()),
          duration_ms: 0,
          error: { code: 'tool_not_found', message: `There is no tool named ${tool_name}.` },
        },
      });
    }
    return next;
  }

  private async record(
    tx: Tx,
    context: Context,
    step: Step,
    role: MessageRole,
    payload: KnownPayload,
  ): Promise<Context> {
    const branch = await this.branches.get(tx, context.id, step.run.branch);
    const { source } = kindRule(payload.kind);
    const metadata = { source, display_hint: mapToHint(payload), run_id: step.run.id };
    await this.messages.add(tx, context, branch, { role, payload, metadata });
    return context;
  }
}

function toCall({ tool_call_id, tool_name, arguments: text }: ToolCallPart): ToolCall {
  return { id: tool_call_id, name: tool_name, arguments: parsed(text) };
}

/** Arguments that are no JSON are kept as the model wrote them. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text || '{}') as unknown;
  } catch {
    return text;
  }
}
