import { Controller, Get, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { ContextPath, Operation, RequestHeader, Tag } from '../http/operation.js';
import { Caller, PathContextId } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import { FollowContext, FollowContexts } from './dto/follow.js';
import { SignalEvent } from './dto/signal-views.js';
import { Subscriptions } from './subscriptions.js';

const lastEventId = RequestHeader({
  name: 'Last-Event-ID',
  required: false,
  description:
    'What a browser sends when it reconnects. Nothing is replayed: the snapshot tells what to pull.',
  schema: { type: 'string' },
  example: '57',
});

const about =
  'Server-sent events named `signal`; each `data` is one JSON Signal under 1 KB. The first are snapshots. A signal says that something changed, never what: pull it.';

@Tag('events')
@Controller()
export class EventsController {
  constructor(private readonly subscriptions: Subscriptions) {}

  @Get('contexts/:context_id/events')
  @RouteConfig({ staysOpen: true })
  @ContextPath
  @lastEventId
  @Operation({
    id: 'streamContextEvents',
    summary: 'Follow the signals of a context',
    about,
    answer: { status: 200, about: 'The stream.', type: SignalEvent, mediaType: 'text/event-stream' },
    errors: ['invalid_request', 'context_not_found', 'too_many_requests', 'draining'],
  })
  one(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Query() _query: FollowContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.subscriptions.one(reply, owner, id);
  }

  @Get('events')
  @RouteConfig({ staysOpen: true })
  @lastEventId
  @Operation({
    id: 'streamEvents',
    summary: 'Follow the signals of several contexts',
    about: `${about} Without \`contexts\`, snapshots come for the contexts that a run is working on.`,
    answer: { status: 200, about: 'The stream.', type: SignalEvent, mediaType: 'text/event-stream' },
    errors: ['invalid_request', 'context_not_found', 'too_many_requests', 'draining'],
  })
  many(@Caller() owner: Owner, @Query() query: FollowContexts, @Res() reply: FastifyReply): Promise<void> {
    const { contexts } = query;
    return contexts
      ? this.subscriptions.several(reply, owner, contexts)
      : this.subscriptions.all(reply, owner);
  }
}
