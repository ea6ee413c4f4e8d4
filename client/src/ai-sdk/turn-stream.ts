import type { UIMessageChunk } from 'ai';
import { isPassing } from '../calls/patience.js';
import { PullcordError } from '../problem.js';
import type { ChatServer, ToldTurn } from './chat-server.js';
import { readChunks } from './read-chunks.js';
import { Told } from './told.js';

/** Connections in a row on which nothing new was heard. */
const maxFailures = 8;

export interface FollowedTurn {
  readonly server: ChatServer;
  readonly chatId: string;
  readonly silenceLimitMs: number;
  /** Over when nobody listens any more. */
  readonly gone: AbortSignal;
  /** Called when the turn was told to its end. */
  over(): void;
}

/**
 * A turn as one stream, over as many connections as it takes: what breaks is asked for again by the turn's name, and goes on
 * where it was. Fails as the AI SDK knows a lost network (a TypeError) where that does not help either.
 */
export function turnStream(first: ToldTurn, followed: FollowedTurn): ReadableStream<UIMessageChunk> {
  const chunks = tell(first, followed);
  return new ReadableStream<UIMessageChunk>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return();
    },
  });
}

async function* tell(first: ToldTurn, followed: FollowedTurn): AsyncGenerator<UIMessageChunk, void> {
  const { silenceLimitMs, gone, server } = followed;
  const told = new Told();
  let current = first;
  for (let failures = 1; ; failures++) {
    told.again();
    const chunks = readChunks(current.body, silenceLimitMs, gone);
    try {
      for (let next = await chunks.next(); ; next = await chunks.next()) {
        if (next.done && next.value) return followed.over();
        if (next.done) break;
        const rest = told.rest(next.value);
        if (!rest) continue;
        failures = 0;
        yield rest;
      }
    } catch (error) {
      if (!isBroken(error)) throw error;
    } finally {
      await chunks.return(false);
    }
    if (gone.aborted) return;
    if (failures >= maxFailures) throw lost('the turn was not told to its end');
    await server.patience.pause(failures, undefined, gone);
    if (gone.aborted) return;
    current = await again(first, followed);
  }
}

async function again({ turn }: ToldTurn, { server, chatId }: FollowedTurn): Promise<ToldTurn> {
  if (turn === undefined) throw lost('the turn has no name');
  try {
    const found = await server.follow(chatId, turn);
    if (found) return found;
  } catch (error) {
    if (!(error instanceof PullcordError) || !isPassing(error.problem)) throw error;
  }
  throw lost('the server could not be reached');
}

/** What a browser or Node throws where a connection ends before its answer does. */
const isBroken = (error: unknown): boolean => !(error instanceof SyntaxError);

const lost = (why: string): TypeError => new TypeError(`network error: ${why}`);
