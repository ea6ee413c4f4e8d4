import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { isUnderWay } from '../contexts/context-state.js';
import { ContextsPull, type ContextAtGlance } from '../contexts/contexts.pull.js';
import { SignalBus } from '../events/signal-bus.js';
import { Followers } from '../exchanges/followers.js';
import type { Waker } from '../exchanges/waker.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, MessageId, Owner } from '../kernel/ids.js';
import { readMessage } from '../messages/message-row.js';
import type { Message } from '../messages/message-kinds.js';
import { MessagesPull } from '../messages/messages.pull.js';
import { ChunksPull } from '../streaming/chunks.pull.js';
import { isSpoken } from './map-to-chunks.js';
import type { TurnName } from './turn-name-format.js';
import { isAnswer, TurnWriter, type AnswerMessage, type Piece, type TurnEnd } from './turn-writer.js';
import { TurnsPull } from './turns.pull.js';
import type { UiChunk } from './ui-kinds.js';

/** Messages, and chunks, that are read at a time. */
const pageOfMessages = 50;
const pageOfChunks = 500;

interface Place {
  readonly id: ContextId;
  readonly owner: Owner;
}

type Told = AsyncGenerator<readonly UiChunk[], void>;

/**
 * Tells a turn while it comes to be, to a page that speaks the AI SDK. Each holds one subscription, and at most one page of
 * messages or chunks; both are gone when it ends, whichever way it ends. A signal says that there is more; what there is,
 * is pulled; a lost signal costs a delay and nothing else. Whoever stops listening stops nothing.
 */
@Injectable()
export class FollowTurn implements BeforeApplicationShutdown {
  private readonly followers: Followers;

  constructor(
    private readonly contexts: ContextsPull,
    private readonly messages: MessagesPull,
    private readonly chunks: ChunksPull,
    private readonly turns: TurnsPull,
    bus: SignalBus,
    settings: Settings,
  ) {
    this.followers = new Followers(bus, settings.exchangePollMs);
  }

  /** Ends with the turn, or where its user is asked. Throws the reason of `abort`; `draining`; what pulls throw. */
  follow(place: Place, turn: TurnName, abort: AbortSignal): Told {
    return this.followers.follow(place.id, abort, (waker) => this.tell(place, turn, waker));
  }

  beforeApplicationShutdown(): void {
    this.followers.end();
  }

  /** How a turn stands: undefined while more of it comes. */
  async endOf(context: ContextAtGlance, { run: runId }: Pick<TurnName, 'run'>): Promise<TurnEnd | undefined> {
    const run = runId && (await this.turns.one(context.id, runId));
    if (!run) return isUnderWay(context.state) ? undefined : endIn(context);
    switch (run.status) {
      case 'completed':
        return { type: 'completed', awaits: restOf(context) };
      case 'cancelled':
        return { type: 'cancelled' };
      case 'failed':
      case 'interrupted':
        return { type: 'failed', message: messageIn(run.error) ?? failureIn(context) };
      case 'waiting':
        // The run and the state were read one after the other: between the two it may have gone on.
        return isWaiting(context) ? endIn(context) : undefined;
      default:
        return undefined;
    }
  }

  private async *tell(place: Place, turn: TurnName, waker: Waker): Told {
    const { branch, isContinued, run: run_id } = turn;
    const writer = new TurnWriter({ context_id: place.id, branch, run_id, isContinued });
    const open = new Map<MessageId, number>();
    let last = turn.after;
    for (;;) {
      waker.rest();
      // How it stands first, its messages second: what is over has no message that is not found now.
      const end = await this.endOf(await this.contexts.glance(place.id, place.owner), turn);
      const found = await this.next(place, turn, last);
      for (const message of found) {
        if (isSpoken(message)) return yield writer.finish({ type: 'completed' });
        last = message.id;
        if (message.metadata.companion_of !== undefined) continue;
        if (isAnswer(message) && message.status === 'streaming')
          yield* this.tellAnswer(place, message, writer, waker);
        else yield writer.whole(message);
        if (!isAnswer(message) && message.status === 'streaming') open.set(message.id, message.revision);
      }
      yield await this.changes(place, open, writer);
      if (found.length > 0) continue;
      if (end) return yield writer.finish(end);
      await this.followers.wait(waker);
    }
  }

  private async *tellAnswer(place: Place, message: AnswerMessage, writer: TurnWriter, waker: Waker): Told {
    yield writer.begin(message);
    let after = 0;
    for (;;) {
      waker.rest();
      const cursor = { after, limit: pageOfChunks };
      const page = await this.chunks.after(place.id, place.owner, message.id, cursor);
      const { chunks, has_more } = JSON.parse(page.text) as ChunksInText;
      yield writer.pieces(message, chunks);
      after += chunks.length;
      if (has_more) continue;
      if (page.status !== 'streaming') break;
      await this.followers.wait(waker);
    }
    const final = readMessage(await this.messages.one(place.id, place.owner, message.id));
    yield writer.end(isAnswer(final) ? final : message);
  }

  /** What has become of messages that were told while they were open. */
  private async changes(
    { id, owner }: Place,
    open: Map<MessageId, number>,
    writer: TurnWriter,
  ): Promise<UiChunk[]> {
    if (open.size === 0) return [];
    const { messages } = await this.messages.batch(id, owner, [...open.keys()]);
    return messages.flatMap((text) => {
      if (text.revision === open.get(text.id)) return [];
      if (text.status === 'streaming') open.set(text.id, text.revision);
      else open.delete(text.id);
      return writer.changed(readMessage(text));
    });
  }

  /** The next messages of the turn. One that waits in line has none yet, nor is it there itself; so one taken out of it. */
  private async next({ id, owner }: Place, { branch, run }: TurnName, after: MessageId): Promise<Message[]> {
    try {
      const page = await this.messages.page(id, owner, { branch, after, limit: pageOfMessages });
      return page.messages.map(readMessage);
    } catch (error) {
      const isMissing = error instanceof DomainError && error.code === 'message_not_found';
      const status = isMissing && run && (await this.turns.one(id, run))?.status;
      // Between the two reads its turn may have come.
      if (status && ['queued', 'accepted', 'running', 'cancelled'].includes(status)) return [];
      throw error;
    }
  }
}

interface ChunksInText {
  readonly chunks: readonly Piece[];
  readonly has_more: boolean;
}

const isWaiting = ({ state }: ContextAtGlance): boolean =>
  state.type === 'awaiting_user' && state.reason === 'tool_approval';

const restOf = ({ state }: ContextAtGlance): 'depth_limit' | undefined =>
  state.type === 'awaiting_user' && state.reason === 'depth_limit' ? 'depth_limit' : undefined;

/** How the last turn of a context that rests has ended. */
export function endIn(context: ContextAtGlance): TurnEnd {
  const { state } = context;
  if (state.type === 'error') return { type: 'failed', message: state.message };
  if (state.type === 'awaiting_user' && state.reason === 'tool_approval')
    return { type: 'waiting', calls: state.pending.map(({ tool_call_id }) => tool_call_id) };
  return { type: 'completed', awaits: restOf(context) };
}

const messageIn = (error: string | null): string | undefined =>
  error === null ? undefined : (JSON.parse(error) as { readonly message?: string }).message;

const failureIn = ({ state }: ContextAtGlance): string =>
  state.type === 'error' ? state.message : 'The turn was interrupted.';
