import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import type { ContextEvent } from '../contexts/context-state.js';
import type { BranchId, MessageId } from '../kernel/ids.js';
import { MessageStore, type NewMessage } from '../messages/message.store.js';
import type { Tx } from '../storage/tx.js';
import { StreamStore, type StreamEnd } from '../streaming/stream.store.js';
import type { RunEntity } from './run.entity.js';
import { RunKinds } from './run-kinds.js';
import { RunStore, type FinalRunStatus } from './run.store.js';

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
  ) {}

  /** Adds the user's message and a run that will answer it. `illegal_transition` while the context is busy. */
  async begin(tx: Tx, context: Context, input: UserInput, queued?: RunEntity): Promise<Begun> {
    const next = await this.contexts.advance(tx, context, { type: 'message_accepted' });
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
    const next = await this.contexts.advance(tx, context, end.event);
    const open = await this.streams.find(tx, context.id);
    if (open) await this.streams.end(tx, next, open, end.stream);
    if (!run) return next;
    const error = end.event.type === 'failed' ? end.event : undefined;
    await this.runs.end(tx, run.id, end.run, error);
    const kind = this.kinds.find(run.kind);
    return kind ? kind.close(tx, next, run, { status: end.run, ...(error && { error }) }) : next;
  }

  /** Lets the next message in line have its turn, if one waits. The runner is to be woken after the commit. */
  async startNext(tx: Tx, context: Context): Promise<Context> {
    const [next] = await this.runs.queued(tx, context.id);
    if (!next?.input) return context;
    return (await this.begin(tx, context, JSON.parse(next.input) as UserInput, next)).context;
  }
}
