import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import type { Context } from '../../contexts/context-row.js';
import { ModelCalls } from '../../metering/model-calls.js';
import { followAbort } from '../../providers/follow-abort.js';
import type { ModelPart } from '../../providers/language-model.js';
import { ModelError } from '../../providers/model-error.js';
import { ModelRegistry } from '../../providers/model-registry.js';
import { delayAfter } from '../../providers/delay-after.js';
import { AnswerSteps } from '../../runs/answer-steps.js';
import { ChunkWriter } from '../../runs/chunk-writer.js';
import { RunKinds, type RunEnd, type RunKind } from '../../runs/kinds-of-runs.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Tx } from '../../storage/tx.js';
import { ExchangeHistory } from '../items/exchange-history.js';
import { ExchangeStore } from '../tables/exchange.store.js';
import { AnswerRecording } from './answer-recording.js';
import { ExchangeUnits, type Held } from './exchange-units.js';

/** The name of its kind in `runs.kind`. */
export const exchangeKind = 'exchange';

/**
 * Executes exchanges. Invariants: it depends on no client; what came is committed before anybody is told of it, and kept
 * whatever happens after; no tool is called; however `execute` ends, the call to the model is over.
 */
@Injectable()
export class ExchangeRun implements RunKind, OnModuleInit {
  constructor(
    private readonly kinds: RunKinds,
    private readonly steps: AnswerSteps,
    private readonly units: ExchangeUnits,
    private readonly exchanges: ExchangeStore,
    private readonly history: ExchangeHistory,
    private readonly models: ModelRegistry,
    private readonly calls: ModelCalls,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.kinds.add(exchangeKind, this);
  }

  async execute(run: RunEntity, stop: AbortSignal): Promise<void> {
    const held = await this.units.load(run);
    const model = this.models.resolve(run.model ?? undefined);
    const request = await this.history.requestOf(held);
    const { owner, id: context_id } = held.context;
    const scope = { owner, context_id, purpose: 'gateway' } as const;
    const call = (abort: AbortSignal): Parts => this.calls.stream(scope, model, request, abort);
    await this.ask(held, model.id, call, stop);
  }

  /** Once something of the answer is there, it cannot go on with another; a call that gave nothing is made again. */
  canGoOn({ state }: Context): boolean {
    if (state.type === 'awaiting_llm') return state.attempt < this.settings.modelMaxAttempts;
    return state.type === 'active';
  }

  async close(tx: Tx, context: Context, run: RunEntity, _end: RunEnd): Promise<Context> {
    const exchange = await this.exchanges.find(tx, run.id);
    if (exchange) await this.exchanges.end(tx, exchange);
    return context;
  }

  removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    return this.exchanges.removeSome(tx, context, limit);
  }

  /** Calls the model, again after a failure that may pass; never once something of the answer was written. */
  private async ask(held: Held, model: string, call: Call, stop: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.steps.request({ run: held.run, model, depth: 1 });
      const recording = new AnswerRecording(held, this.units, this.settings.maxAnswerBytes);
      try {
        return await this.read(recording, call, stop);
      } catch (error) {
        const delay =
          recording.isEmpty && !stop.aborted ? delayAfter(error, attempt, this.settings) : undefined;
        if (delay === undefined) throw error;
        await sleep(delay, undefined, { signal: stop });
      }
    }
  }

  private async read(recording: AnswerRecording, call: Call, stop: AbortSignal): Promise<void> {
    const { controller, unfollow } = followAbort(stop);
    // A model may be silent for long: a failed write ends the call at once, not with the next part.
    const writer = new ChunkWriter<ModelPart>(
      (parts) => recording.write(parts),
      (error) => controller.abort(error),
    );
    let finish: FinishPart | undefined;
    try {
      for await (const part of call(controller.signal)) {
        if (part.type === 'finish') finish = part;
        else {
          recording.note(part);
          await writer.add(part);
        }
      }
    } finally {
      unfollow();
      // What came before a failure is kept like everything else.
      await writer.flush();
    }
    if (!finish)
      throw new ModelError('upstream_protocol', 'The model stopped without saying so.', { retryable: true });
    await recording.complete(finish);
  }
}

type Parts = AsyncIterable<ModelPart>;
type Call = (abort: AbortSignal) => Parts;
type FinishPart = Extract<ModelPart, { type: 'finish' }>;
