import type { OutgoingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../config/settings.js';
import { AnswerStream } from '../gateway/answer-stream.js';
import { ClientGone, OpenCalls } from '../gateway/open-calls.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import { FollowTurn } from './follow-turn.js';
import { writeTurnName, type TurnName } from './turn-name-format.js';
import type { UiChunk } from './ui-kinds.js';

export const contextHeader = 'x-pullcord-context';
/** The name of the turn that an answer tells, or that is under way: `GET …/stream?turn=` tells it from its beginning. */
export const turnHeader = 'x-pullcord-turn';

/** By which clients of the AI SDK know the stream. */
const streamHeaders = { 'x-vercel-ai-ui-message-stream': 'v1' };

const frame = (chunk: UiChunk): string => `data: ${JSON.stringify(chunk)}\n\n`;
const done = 'data: [DONE]\n\n';
/** Which readers ignore (WHATWG HTML §9.2.6). */
const keepAlive = ': keep-alive\n\n';

interface Place {
  readonly id: ContextId;
  readonly owner: Owner;
}

/** Sends turns to pages. However a page leaves, the turn goes on. */
@Injectable()
export class ChatAnswers {
  constructor(
    private readonly following: FollowTurn,
    private readonly openCalls: OpenCalls,
    private readonly settings: Settings,
  ) {}

  /** To be asked for before anything is done for the caller. Throws `too_many_requests` or `draining`. */
  begin(reply: FastifyReply): AbortSignal {
    return this.openCalls.begin(reply);
  }

  /** What a stream would begin with, for who asks for no more: at once, and without a place among the calls. */
  async head(place: Place, turn: TurnName, reply: FastifyReply): Promise<void> {
    await this.open(place, turn, reply).end();
  }

  async stream(place: Place, turn: TurnName, reply: FastifyReply, abort: AbortSignal): Promise<void> {
    const chunks = this.following.follow(place, turn, abort);
    // What cannot be told at all is a status; only then comes the stream.
    const first = await chunks.next();
    const stream = this.open(place, turn, reply);
    // Its head goes out at once, however long the first words take.
    void stream.write(keepAlive);
    try {
      for (let next = first; !next.done; next = await chunks.next()) {
        const full = stream.write(next.value.map(frame).join(''));
        if (full) await full;
      }
      await stream.write(done);
      await stream.end();
    } catch (error) {
      stream.stop();
      // Nothing is over but this connection: whoever is still there sees it break, and asks for the rest.
      if (!(error instanceof ClientGone)) reply.raw.destroy();
    } finally {
      await chunks.return();
    }
  }
  private open({ id }: Place, turn: TurnName, reply: FastifyReply): AnswerStream {
    const { gatewayKeepAliveMs: keepAliveMs, gatewayStallMs: stallMs } = this.settings;
    const stream = new AnswerStream(reply.raw, { keepAliveMs, stallMs }, () => keepAlive);
    void reply.headers({ ...streamHeaders, [contextHeader]: id, [turnHeader]: writeTurnName(turn) });
    reply.hijack();
    stream.open(reply.getHeaders() as OutgoingHttpHeaders);
    return stream;
  }
}
