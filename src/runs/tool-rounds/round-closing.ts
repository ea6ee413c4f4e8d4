import { Injectable } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import type { ToolOutcome } from '../../tools/tool-outcome.js';
import type { Tx } from '../../storage/tx.js';
import type { RunEntity } from '../run.entity.js';
import { interrupted, leftRunning, unmade, type RoundEnd, type TimedOutcome } from './outcome-format.js';
import { RoundMessages } from './round-messages.js';
import { ToolCallStore, type OpenCall } from './tool-call.store.js';

/** Ends a round before its time, within the unit that ends its turn: every call has its result, none is made any more. */
@Injectable()
export class RoundClosing {
  constructor(
    private readonly calls: ToolCallStore,
    private readonly messages: RoundMessages,
    private readonly clock: Clock,
  ) {}

  /** Does nothing when no round is open. A request that still waited for the user counts as denied. */
  async close(tx: Tx, context: Context, run: RunEntity, end: RoundEnd): Promise<Context> {
    const calls = await this.calls.of(tx, run);
    let current = context;
    for (const id of new Set(calls.map((call) => call.request_message_id)))
      current = await this.messages.decide(tx, current, id, {
        approval_status: 'denied',
        status: 'cancelled',
      });
    for (const call of calls) current = await this.closeCall(tx, current, run, call, end);
    return current;
  }

  private async closeCall(
    tx: Tx,
    context: Context,
    run: RunEntity,
    call: OpenCall,
    end: RoundEnd,
  ): Promise<Context> {
    if (call.status === 'running' && end === 'cancelled') {
      // It finishes, or is killed, as its tool declares; whoever runs it tells its end.
      const { context: next, id } = await this.messages.addOpenResult(
        tx,
        context,
        run,
        call,
        this.now(leftRunning()),
      );
      await this.calls.save(tx, { ...call, result_message_id: id });
      return next;
    }
    await this.calls.remove(tx, call);
    if (call.status === 'recorded') return context;
    const outcome = call.outcome === null ? this.now(withoutOutcome(call, end)) : readOutcome(call.outcome);
    return this.messages.addResult(tx, context, run, call, outcome);
  }

  private now(outcome: ToolOutcome): TimedOutcome {
    return { ...outcome, executed_at: toTimestamp(this.clock.now()) };
  }
}

const withoutOutcome = ({ status }: OpenCall, end: RoundEnd): ToolOutcome =>
  status === 'running' ? interrupted() : unmade(end);

const readOutcome = (outcome: string): TimedOutcome => JSON.parse(outcome) as TimedOutcome;
