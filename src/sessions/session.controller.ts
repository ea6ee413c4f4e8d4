import { Body, Controller, Delete, Get, Headers, Patch, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { answerConditionally } from '../http/conditional.js';
import { contextEtag } from '../http/etag.js';
import { ContextPath, Operation, Tag } from '../http/operation.js';
import { Caller, IdempotencyKey, PathContextId } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { OpenTab, PatchSession, SessionView } from './dto/session-views.js';
import type { Session } from './session-row.js';
import { SessionsPull } from './sessions.pull.js';
import { SessionsService, type SessionPatch } from './sessions.service.js';

const answer = {
  status: 200,
  about: 'The session as it is now.',
  type: SessionView,
  headers: { ETag: { about: 'Moves with the revision.', example: '"7"' } },
} as const;

@Tag('session')
@Controller('session')
export class SessionController {
  constructor(
    private readonly service: SessionsService,
    private readonly pull: SessionsPull,
  ) {}

  @Get()
  @Operation({
    id: 'getSession',
    summary: 'Get the session',
    about:
      'What all devices of the caller share. A `session_updated` on `/events` says when to get it again.',
    answer,
    isConditional: true,
  })
  async get(
    @Caller() owner: Owner,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView | undefined> {
    const session = await this.pull.one(owner);
    const etag = contextEtag(session.revision);
    return answerConditionally(reply, { etag }, known, () => SessionView.of(session));
  }

  @Patch()
  @Operation({
    id: 'patchSession',
    summary: 'Change the session',
    about:
      'Field by field, so that two devices undo nothing of each other’s. With `If-Match`, only an unchanged one.',
    answer,
    errors: ['invalid_request', 'revision_mismatch', 'limit_exceeded', 'unprocessable'],
    isGuarded: true,
  })
  async patch(
    @Caller() owner: Owner,
    @Body() body: PatchSession,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return shown(reply, await this.service.patch(owner, body as SessionPatch, ifMatch));
  }

  @Post('tabs')
  @Operation({
    id: 'openTab',
    summary: 'Open a tab',
    about: 'It is the active one then. Of a context that has a tab already, that is made the active one.',
    answer,
    errors: ['invalid_request', 'context_not_found', 'limit_exceeded'],
    isIdempotent: true,
  })
  async open(
    @Caller() owner: Owner,
    @Body() { context_id, position }: OpenTab,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return shown(reply, await this.service.open(owner, context_id, position, key));
  }

  @Delete('tabs/:context_id')
  @ContextPath
  @Operation({
    id: 'closeTab',
    summary: 'Close a tab',
    about:
      'In place of the active one the tab that was used last before becomes active. One that is not open stays so.',
    answer,
    errors: ['context_not_found'],
  })
  async close(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    return shown(reply, await this.service.close(owner, id));
  }
}

function shown(reply: FastifyReply, session: Session): SessionView {
  void reply.header('etag', contextEtag(session.revision));
  return SessionView.of(session);
}
