import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { tryTransition, type ContextEvent } from '../contexts/context-state.js';
import type { BranchId, MessageId, RunId } from '../kernel/ids.js';
import { MessageStore, type NewMessage } from '../messages/message.store.js';
import type { Tx } from '../storage/tx.js';
import { StreamStore, type StreamEnd } from '../streaming/stream.store.js';
import type { RunEntity } from './run.entity.js';
import { RunKinds } from './kinds-of-runs.js';
import { RunStore, type FinalRunStatus } from './run.store.js';
import type { RoundEnd } from './tool-rounds/outcome-format.js';
import { RoundClosing } from './tool-rounds/round-closing.js';

/** A user's message on its way into the pool. */
export interface UserInput {
  readonly message: NewMessage & { readonly id: MessageId };
  readonly branch: BranchId;
  readonly model: string | null;
}

export interface TurnEnd {
  readonly event: Extract<
    ContextEvent,
    { type: 'response_completed' | 'failed' | 'cancelled' | 'depth_exceeded' }
  >;
  readonly run: FinalRunStatus;
  readonly stream: StreamEnd;
}

export interface Begun {
  readonly context: Context;
  readonly run: Pick<RunEntity, 'id'>;
}

export interface Ended {
  readonly context: Context;
  /** The runs that were open, to be stopped once this is committed. */
  readonly runs: readonly RunId[];
}

export interface AnswerInput {
  readonly branch: BranchId;
  /** The message to answer. */
  readonly messageId: MessageId | null;
  readonly model: string | null;
}

/** How turns begin and end: the same few steps for a command, a run, a crash and an external producer. */
@Injectable()
export class Turns {
  constructor(
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly streams: StreamStore,
    private readonly runs: RunStore,
    private readonly kinds: RunKinds,
    private readonly rounds: RoundClosing,
  ) {}

  /** Adds the user's message and a run that will answer it. `illegal_transition` while the context is busy. */
  async begin(tx: Tx, context: Context, input: UserInput, queued?: RunEntity): Promise<Begun> {
    const free = await this.giveUpWaiting(tx, context);
    const next = await this.contexts.advance(tx, free, { type: 'message_accepted' });
    const branch = await this.branches.get(tx, context.id, input.branch);
    await this.messages.add(tx, next, branch, input.message);
    if (queued) await this.runs.accept(tx, queued.id);
    const { branch: on, model } = input;
    const run = queued ?? (await this.answer(tx, next, { branch: on, messageId: input.message.id, model }));
    return { context: next, run };
  }

  /** A run for a message that is in the pool already. The caller has moved the state. */
  answer(tx: Tx, context: Context, { branch, messageId, model }: AnswerInput): Promise<RunEntity> {
    return this.runs.add(tx, context, { kind: 'answer', status: 'accepted', branch, messageId, model });
  }

  /** Keeps the input until the current run is over. */
  queue(tx: Tx, context: Context, input: UserInput): Promise<RunEntity> {
    return this.runs.add(tx, context, {
      kind: 'answer',
      status: 'queued',
      branch: input.branch,
      messageId: input.message.id,
      model: input.model,
      input: JSON.stringify(input),
    });
  }

  /** Ends the turn that is under way: the state moves, what was streamed becomes final, the run is over. */
  async end(tx: Tx, context: Context, run: RunEntity | undefined, end: TurnEnd): Promise<Context> {
    const closed =
      run && hasRound(context)
        ? await this.rounds.close(tx, context, run, roundEnds[end.event.type])
        : context;
    const next = await this.contexts.advance(tx, closed, end.event);
    const open = await this.streams.find(tx, context.id);
    if (open) await this.streams.end(tx, next, open, end.stream);
    if (!run) return next;
    const error = end.event.type === 'failed' ? end.event : undefined;
    await this.runs.end(tx, run.id, end.run, error);
    const kind = this.kinds.find(run.kind);
    return kind ? kind.close(tx, next, run, { status: end.run, ...(error && { error }) }) : next;
  }

  /**
   * The user goes on without deciding about the calls that wait: none is made, each has its result, their run is over. To
   * be called before whatever moves the state from there; does nothing elsewhere.
   */
  async giveUpWaiting(tx: Tx, context: Context): Promise<Context> {
    if (!isWaiting(context)) return context;
    const run = await this.runs.current(tx, context.id);
    if (!run) return context;
    await this.runs.end(tx, run.id, 'cancelled');
    const kind = this.kinds.find(run.kind);
    if (kind) return kind.close(tx, context, run, { status: 'cancelled' });
    return this.rounds.close(tx, context, run, 'superseded');
  }

  /** The messages in line join the pool without being answered: their context is put away. */
  async keepQueued(tx: Tx, context: Context): Promise<Context> {
    return isWaiting(context) ? this.keepAllQueued(tx, context) : context;
  }

  /**
   * Ends all that is being done in a context, whatever its state: the turn, with what was streamed; the calls that wait;
   * the making of titles. Messages in line join the pool, unanswered. What was laid aside stays so.
   */
  async endAll(tx: Tx, context: Context): Promise<Ended> {
    const open = (await this.runs.open(tx, context.id)).filter((run) => run.status !== 'paused');
    const isInTurn = tryTransition(context.state, { type: 'cancelled' }) !== undefined;
    const run = await this.runs.current(tx, context.id);
    const idle = isInTurn ? await this.end(tx, context, run, cancelled) : context;
    const kept = await this.keepAllQueued(tx, idle);
    // Those that hold no turn.
    for (const { id, status } of open)
      if (id !== run?.id && status !== 'queued') await this.runs.end(tx, id, 'cancelled');
    return { context: kept, runs: open.map(({ id }) => id) };
  }

  private async keepAllQueued(tx: Tx, context: Context): Promise<Context> {
    let current = context;
    for (const { id, input } of await this.runs.queued(tx, context.id)) {
      const { branch, message } = JSON.parse(input ?? '') as UserInput;
      current = await this.contexts.tick(tx, current);
      await this.messages.add(tx, current, await this.branches.get(tx, context.id, branch), message);
      await this.runs.end(tx, id, 'cancelled');
    }
    return current;
  }

  /** Lets the next message in line have its turn, if one waits. The runner is to be woken after the commit. */
  async startNext(tx: Tx, context: Context): Promise<Context> {
    const [next] = await this.runs.queued(tx, context.id);
    if (!next?.input) return context;
    return (await this.begin(tx, context, JSON.parse(next.input) as UserInput, next)).context;
  }
}

const cancelled: TurnEnd = {
  event: { type: 'cancelled' },
  run: 'cancelled',
  stream: { status: 'cancelled', finish_reason: null },
};

/** A round is open while its calls are made, and while it waits for the user. */
const hasRound = (context: Context): boolean =>
  context.state.type === 'processing_tool' || isWaiting(context);

const isWaiting = ({ state }: Context): boolean =>
  state.type === 'awaiting_user' && state.reason === 'tool_approval';

/** What the end of a turn is to the calls of its open round, if it has one. */
const roundEnds: { readonly [Type in TurnEnd['event']['type']]: RoundEnd } = {
  response_completed: 'superseded',
  failed: 'failed',
  cancelled: 'cancelled',
  depth_exceeded: 'depth_limit',
};
