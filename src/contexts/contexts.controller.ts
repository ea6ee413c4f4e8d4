import { Body, Controller, Get, Headers, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownerOf } from '../http/access.guard.js';
import { answerJson } from '../http/answer-json.js';
import { answerConditionally } from '../http/conditional.js';
import { contextEtag, metadataEtag } from '../http/etag.js';
import { samples } from '../http/fields.js';
import { ContextPath, Operation, Tag } from '../http/operation.js';
import { Caller, contextIdOf, IdempotencyKey, PathContextId } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { allowedActions } from './allowed-actions.js';
import { ContextsPull } from './contexts.pull.js';
import { ContextsService } from './contexts.service.js';
import { CreateContext, ListContexts, PatchContext } from './dto/context-requests.js';
import { ContextList, ContextView, MetadataView, StateView } from './dto/context-views.js';
import { metadataText } from './metadata-text.js';

const tagged = { ETag: { about: 'Moves with the revision.', example: '"57"' } };

const brandNew = {
  state: { type: 'initial' },
  message_count: 0,
  revision: 1,
  streaming: [],
  branches: [
    {
      id: 'main',
      name: 'main',
      parent_branch: null,
      fork_depth: 0,
      head_message_id: null,
      message_count: 0,
      created_at: samples.time,
    },
  ],
  pinned: [],
  allowed_actions: allowedActions({ state: { type: 'initial' } }),
};

@Tag('contexts')
@Controller('contexts')
export class ContextsController {
  constructor(
    private readonly service: ContextsService,
    private readonly pull: ContextsPull,
  ) {}

  @Post()
  @Operation({
    id: 'createContext',
    summary: 'Create a context',
    answer: {
      status: 201,
      about: 'The new context.',
      type: ContextView,
      example: brandNew,
      headers: {
        Location: { about: 'The path of the context.', example: `/contexts/${samples.context}` },
        ...tagged,
      },
    },
    errors: [
      'invalid_request',
      'unknown_model',
      'unknown_mode',
      'unknown_system_prompt',
      'wrong_variables',
      'workspace_not_allowed',
    ],
    isIdempotent: true,
  })
  async create(
    @Caller() owner: Owner,
    @Body() body: CreateContext,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContextView> {
    const { context, branches } = await this.service.create(owner, body, key);
    void reply.header('location', `/contexts/${context.id}`).header('etag', contextEtag(context.revision));
    return ContextView.whole(context, branches, []);
  }

  @Get()
  @Operation({
    id: 'listContexts',
    summary: 'List contexts',
    about: 'Newest activity first. Archived ones are listed only when asked for.',
    answer: { status: 200, about: 'One page.', type: ContextList },
    errors: ['invalid_request'],
  })
  async list(@Caller() owner: Owner, @Query() query: ListContexts): Promise<ContextList> {
    const { contexts, next_cursor } = await this.pull.list(owner, query);
    return { contexts: contexts.map((context) => MetadataView.of(context)), next_cursor };
  }

  @Get(':context_id')
  @ContextPath
  @Operation({
    id: 'getContext',
    summary: 'Get a context',
    about:
      'The whole of it but its messages: the light view, its branches, its config, and what may be asked of it now.',
    answer: { status: 200, about: 'The context.', type: ContextView, headers: tagged },
    errors: ['context_not_found'],
    isConditional: true,
  })
  async get(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContextView | undefined> {
    const view = await this.whole(id, owner, reply);
    return answerConditionally(reply, { etag: contextEtag(view.revision) }, known, () => view);
  }

  @Patch(':context_id')
  @ContextPath
  @Operation({
    id: 'patchContext',
    summary: 'Change a context’s title or config',
    about: 'With `If-Match`, only while nothing else has changed it.',
    answer: {
      status: 200,
      about: 'The context as it is now.',
      type: ContextView,
      headers: tagged,
      example: {
        title: 'Leases, once more',
        config: { model: 'scripted/default', parameters: { temperature: 0.7 } },
      },
    },
    errors: [
      'invalid_request',
      'context_not_found',
      'illegal_transition',
      'revision_mismatch',
      'unknown_model',
      'unknown_mode',
      'unknown_system_prompt',
      'wrong_variables',
      'workspace_not_allowed',
    ],
    isGuarded: true,
  })
  async patch(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: PatchContext,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContextView> {
    await this.service.patch(id, owner, body, ifMatch);
    return this.whole(id, owner, reply);
  }

  @Get(':context_id/metadata')
  @ContextPath
  @Operation({
    id: 'getContextMetadata',
    summary: 'Get a context’s light view',
    about:
      'State, revision and the cursors of streaming messages: all that a client needs to know what to pull. No message is read for it.',
    answer: { status: 200, about: 'The light view.', type: MetadataView, headers: tagged },
    errors: ['context_not_found'],
    isConditional: true,
  })
  async metadata(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const row = await this.pull.light(contextIdOf(request), ownerOf(request));
    const etag = metadataEtag(row.revision, row.stream_sequence);
    return answerConditionally(reply, { etag }, request.headers['if-none-match'], () =>
      answerJson(reply, metadataText(row)),
    );
  }

  @Get(':context_id/state')
  @ContextPath
  @Operation({
    id: 'getContextState',
    summary: 'Get a context’s state',
    answer: { status: 200, about: 'The state.', type: StateView },
    errors: ['context_not_found'],
  })
  async state(@PathContextId() id: ContextId, @Caller() owner: Owner): Promise<StateView> {
    const context = await this.pull.glance(id, owner);
    const { state, revision } = context;
    return { context_id: id, state, allowed_actions: allowedActions(context), revision };
  }

  private async whole(id: ContextId, owner: Owner, reply: FastifyReply): Promise<ContextView> {
    const context = await this.pull.glance(id, owner);
    void reply.header('etag', contextEtag(context.revision));
    return ContextView.whole(context, await this.pull.branches(id), await this.pull.pinned(id));
  }
}
