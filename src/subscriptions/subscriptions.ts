import type { OutgoingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EventIds } from '../events/announcement.js';
import { SignalBus } from '../events/signal-bus.js';
import type { SignalStream } from '../events/signal-stream.js';
import { StreamBeginnings } from '../events/stream-beginnings.js';
import { SignalStreams } from '../events/signal-streams.js';
import type { Signal } from '../events/signals.js';
import { ContextsPull, type ContextAtGlance } from '../contexts/contexts.pull.js';
import { stateInSignal } from '../contexts/context-state.js';
import { Clock, toTimestamp } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, Owner } from '../kernel/ids.js';

/** Contexts that a stream of everything begins with: those that a run is working on. */
const maxSnapshots = 1000;

/**
 * Opens streams. Subscribed first, snapshot second, opened third: what commits in between is in the snapshot, in a
 * signal, or in both. Until it is opened nothing is written, so that a refusal is still a proper answer.
 */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly streams: SignalStreams,
    private readonly bus: SignalBus,
    private readonly beginnings: StreamBeginnings,
    private readonly contexts: ContextsPull,
    private readonly clock: Clock,
  ) {}

  one(reply: FastifyReply, owner: Owner, id: ContextId): Promise<void> {
    return this.open(reply, 'revision', {
      subscribe: (stream) => this.follow(stream, id),
      look: async () => [this.snapshotOf(await this.contexts.glance(id, owner))],
    });
  }

  several(reply: FastifyReply, owner: Owner, ids: readonly ContextId[]): Promise<void> {
    const wanted = [...new Set(ids)];
    return this.open(reply, 'opaque', {
      subscribe: (stream) => wanted.forEach((id) => this.follow(stream, id)),
      look: () =>
        Promise.all(wanted.map(async (id) => this.snapshotOf(await this.contexts.glance(id, owner)))),
    });
  }

  all(reply: FastifyReply, owner: Owner): Promise<void> {
    return this.open(reply, 'opaque', {
      subscribe: (stream) => stream.onClose(this.bus.subscribeOwner(owner, (signal) => stream.send(signal))),
      look: async () => [
        ...(await this.beginnings.of(owner)),
        ...(await this.contexts.underWay(owner, maxSnapshots)).map((context) => this.snapshotOf(context)),
      ],
    });
  }

  private follow(stream: SignalStream, id: ContextId): void {
    stream.onClose(this.bus.subscribeContext(id, (announcement) => stream.send(announcement)));
  }

  private async open(reply: FastifyReply, ids: EventIds, { subscribe, look }: Opening): Promise<void> {
    const refusal = this.streams.refusal();
    if (refusal) throw new DomainError(refusal, refusals[refusal]);
    const stream = this.streams.start(reply.raw, ids);
    subscribe(stream);
    const snapshots = await look();
    // Who asks for the head of a stream is not to wait for its end.
    if (reply.request.method === 'HEAD') stream.end();
    reply.hijack();
    // What hooks have set (CORS, security); none of the names has a number for its value.
    stream.open(snapshots, reply.getHeaders() as OutgoingHttpHeaders);
  }

  private snapshotOf(context: ContextAtGlance): Signal {
    return {
      type: 'snapshot',
      context_id: context.id,
      revision: context.revision,
      timestamp: toTimestamp(this.clock.now()),
      state: stateInSignal(context.state),
      streaming: context.streaming,
    };
  }
}

interface Opening {
  readonly subscribe: (stream: SignalStream) => void;
  readonly look: () => Promise<readonly Signal[]>;
}

const refusals = {
  too_many_requests: 'As many streams as this server allows are open.',
  draining: 'The server is shutting down; reconnect in a moment.',
} as const;
