import { Injectable } from '@nestjs/common';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import { AnswerSteps } from '../../runs/answer-steps.js';
import { RunLost } from '../../runs/answer.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { RunStore } from '../../runs/run.store.js';
import { Turns } from '../../runs/turns.js';
import type { ModelPart } from '../../providers/language-model.js';
import { ChunkStore } from '../../streaming/chunk.store.js';
import { StreamStore } from '../../streaming/stream.store.js';
import type { Tx } from '../../storage/tx.js';
import { askedFor } from '../items/convert-item.js';
import { ItemStore } from '../items/item.store.js';
import type { ExchangeEntity } from '../tables/exchange.entity.js';
import { ExchangeStore } from '../tables/exchange.store.js';
import type { AnswerPrompt } from './map-answer.js';
import type { Recorded } from './part-format.js';

/** An exchange that this node executes. */
export interface Held {
  readonly run: RunEntity;
  readonly exchange: ExchangeEntity;
  /** Who stands in for the model that was asked for, if somebody does. */
  readonly route?: Extract<ModelPart, { type: 'route' }>;
}

export interface WholeAnswer {
  /** What was not written yet. */
  readonly rest: Recorded;
  readonly finish: Extract<ModelPart, { type: 'finish' }>;
  readonly prompt: AnswerPrompt;
}

/** The units of an exchange. Each throws RunLost once the run is another's. */
@Injectable()
export class ExchangeUnits {
  constructor(
    private readonly steps: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly streams: StreamStore,
    private readonly chunks: ChunkStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly exchanges: ExchangeStore,
    private readonly items: ItemStore,
    private readonly clock: Clock,
  ) {}

  load(run: RunEntity): Promise<Held & { readonly context: Context }> {
    return this.steps.held('load_exchange', run, async ({ tx, context }) => {
      const exchange = await this.exchanges.find(tx, run.id);
      if (!exchange) throw new RunLost();
      return { run, exchange, context };
    });
  }

  /** Writes what comes first of the answer, and what comes without chunks. Its message appears with the first chunk. */
  async write(held: Held, recorded: Recorded): Promise<void> {
    await this.steps.held('write_exchange', held.run, ({ tx, context }) =>
      this.record(tx, context, held, recorded),
    );
  }

  /** Writes what follows, once there is a message. */
  append({ run, exchange }: Held, { chunks, marks }: Recorded): Promise<void> {
    return this.steps.append({ run }, exchange.message_id, chunks, (tx) =>
      this.exchanges.addMarks(tx, run.context_id, run.id, marks),
    );
  }

  /** Another model answers than the one that was asked for. */
  reroute({ run, route }: Held): Promise<void> {
    if (!route) return Promise.resolve();
    return this.steps.reroute({ run, model: route.model, depth: 1 });
  }

  /** The answer is whole: its message is final, the calls in it are in the pool, the turn is the user's. */
  complete(held: Held, { rest, finish, prompt }: WholeAnswer): Promise<void> {
    const { run, exchange } = held;
    return this.steps.held('complete_exchange', run, async ({ tx, context }) => {
      const written = await this.record(tx, context, held, rest);
      // A model may answer with nothing at all; the turn shows that as an empty answer.
      const isOpen = written.state.type === 'streaming_response';
      const open = isOpen ? written : await this.open(tx, written, held, 0);
      const { finish_reason, usage } = finish;
      const ended = await this.turns.end(tx, open, run, {
        event: { type: 'response_completed' },
        run: 'completed',
        stream: { status: 'complete', finish_reason, usage },
      });
      const isPlain = !prompt.reasoning && !prompt.tool_calls && prompt.content.trim() !== '';
      const facts = { runId: run.id, isOutput: true };
      await this.items.keep(tx, ended, exchange.message_id, { ...facts, ...(!isPlain && { prompt }) });
      const next = await this.addCalls(tx, ended, held, prompt);
      await this.turns.startNext(tx, next);
    });
  }

  private async addCalls(
    tx: Tx,
    context: Context,
    { run, exchange }: Held,
    { tool_calls = [] }: AnswerPrompt,
  ): Promise<Context> {
    if (tool_calls.length === 0) return context;
    const draft = askedFor(tool_calls, toTimestamp(this.clock.now()));
    const place = { branch: run.branch, runId: run.id };
    const { context: next, id } = await this.items.addMessage(tx, context, place, draft);
    await this.items.keep(tx, next, id, { runId: run.id, isOutput: true, prompt: null });
    await this.exchanges.end(tx, exchange, id);
    return next;
  }

  private async record(tx: Tx, context: Context, held: Held, { chunks, marks }: Recorded): Promise<Context> {
    const { run, exchange } = held;
    await this.exchanges.addMarks(tx, context.id, run.id, marks);
    if (chunks.length === 0) return context;
    const isOpen = context.state.type === 'streaming_response';
    const open = isOpen ? context : await this.open(tx, context, held, chunks.length);
    const place = { contextId: context.id, messageId: exchange.message_id, runId: run.id };
    await this.chunks.append(tx, { ...place, chunks });
    return open;
  }

  private async open(tx: Tx, context: Context, held: Held, sequence: number): Promise<Context> {
    const { run, exchange, route } = held;
    const id = exchange.message_id;
    const next = await this.contexts.advance(tx, context, {
      type: 'chunk_received',
      message_id: id,
      sequence,
    });
    const branch = await this.branches.get(tx, context.id, run.branch);
    const model = route?.model ?? (await this.runs.get(tx, context.id, run.id))?.answering_model ?? '';
    const skipped = route?.skipped;
    const metadata = { source: 'ai_generated', run_id: run.id, ...(skipped && { skipped }) } as const;
    await this.streams.begin(tx, next, { id, branch, runId: run.id, model, metadata });
    return next;
  }
}
