import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId, type MessageId } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { ChunkStore } from '../streaming/chunk.store.js';
import type { NewChunk } from '../streaming/chunk-kinds.js';
import { StreamStore } from '../streaming/stream.store.js';
import { RunLost, type Answer, type Step } from './answer.js';
import { NodeId } from './node-id.js';
import type { RunEntity } from './run.entity.js';
import { firstChunkSeconds } from './run-metrics.js';
import { RunStore } from './run.store.js';
import { FirstTitle } from './titles/first-title.js';
import { Turns } from './turns.js';

/** What a run's unit has in hand: the context, locked, and the certainty that the run is still this node's. */
interface Held {
  readonly tx: Tx;
  readonly context: Context;
}

/** The units of an answer, from the call to the model to its end. Each throws RunLost once the run is another's. */
@Injectable()
export class AnswerSteps {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly streams: StreamStore,
    private readonly chunks: ChunkStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly titles: FirstTitle,
    private readonly node: NodeId,
    private readonly clock: Clock,
  ) {}

  /** Shows that the model is being called; once more for each further attempt. */
  async request({ run, model }: Step): Promise<void> {
    await this.held('request_model', run, async ({ tx, context }) => {
      if (run.answering_model !== model) await this.runs.answerWith(tx, run.id, model);
      await this.contexts.advance(tx, context, { type: 'llm_requested', request_id: newId() });
    });
  }

  /** Another model stands in for the one that was asked: what the run goes on with from here. */
  reroute({ run, model }: Step): Promise<void> {
    return this.held('reroute_answer', run, ({ tx }) => this.runs.answerWith(tx, run.id, model));
  }

  /** The first chunks: the answer's message appears together with them. */
  begin(step: Step, chunks: readonly NewChunk[]): Promise<MessageId> {
    return this.held('begin_answer', step.run, async ({ tx, context }) => {
      const { id: messageId } = await this.open(tx, context, step, chunks.length);
      await this.chunks.append(tx, { contextId: context.id, messageId, runId: step.run.id, chunks });
      if (step.depth === 1) tx.whenCommitted(() => this.noteFirstChunk(step.run));
      return messageId;
    });
  }

  /**
   * All later chunks: the open stream's row alone tells whether the run may still write. `also` writes in the same unit.
   */
  async append(
    { run }: Pick<Step, 'run'>,
    messageId: MessageId,
    chunks: readonly NewChunk[],
    also?: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const { id: runId, context_id: contextId } = run;
    try {
      await this.storage.commit('append_chunks', async (tx) => {
        await this.chunks.append(tx, { contextId, messageId, runId, chunks });
        await also?.(tx);
      });
    } catch (error) {
      throw isGone(error) ? new RunLost() : error;
    }
  }

  /** The answer is whole; the message that was waiting behind it has its turn. */
  async complete({ step, finish }: Answer): Promise<void> {
    const { finish_reason, usage } = finish;
    await this.held('complete_answer', step.run, async ({ tx, context }) => {
      // A model may answer with nothing at all; the turn shows that as an empty answer.
      const isOpen = context.state.type === 'streaming_response';
      const current = isOpen ? context : (await this.open(tx, context, step, 0)).context;
      const next = await this.turns.end(tx, current, step.run, {
        event: { type: 'response_completed' },
        run: 'completed',
        stream: { status: 'complete', finish_reason, usage },
      });
      await this.titles.after(tx, next, step.run);
      await this.turns.startNext(tx, next);
    });
  }

  /** A unit that writes for the run only while it is this node's. */
  async held<Result>(name: string, run: RunEntity, work: (held: Held) => Promise<Result>): Promise<Result> {
    try {
      return await this.storage.commit(name, async (tx) => {
        const context = await this.contexts.lock(tx, run.context_id);
        if (!(await this.runs.isHeld(tx, run.id, this.node.id))) throw new RunLost();
        return work({ tx, context });
      });
    } catch (error) {
      throw isGone(error) ? new RunLost() : error;
    }
  }

  private noteFirstChunk({ created_at }: RunEntity): void {
    firstChunkSeconds.observe(Math.max(0, this.clock.now() - created_at) / 1000);
  }

  private async open(tx: Tx, context: Context, step: Step, sequence: number): Promise<Opened> {
    const id = newId<MessageId>();
    const next = await this.contexts.advance(tx, context, {
      type: 'chunk_received',
      message_id: id,
      sequence,
    });
    const branch = await this.branches.get(tx, context.id, step.run.branch);
    const { run, model, skipped } = step;
    const metadata = { source: 'ai_generated', run_id: run.id, ...(skipped && { skipped }) } as const;
    await this.streams.begin(tx, next, { id, branch, runId: run.id, model, metadata });
    return { context: next, id };
  }
}

interface Opened {
  readonly context: Context;
  readonly id: MessageId;
}

/** The turn was ended, or the context deleted, by somebody else. */
const isGone = (error: unknown): boolean =>
  error instanceof DomainError &&
  ['stream_closed', 'context_not_found', 'message_not_found'].includes(error.code);
