import { Body, Controller, Delete, Get, Headers, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { answerConditionally } from '../../http/conditional.js';
import { contextEtag } from '../../http/etag.js';
import { samples } from '../../http/fields.js';
import { Operation, SystemPromptPath, Tag } from '../../http/operation.js';
import { Caller, IdempotencyKey, PathSystemPromptId } from '../../http/params.js';
import type { Owner, SystemPromptId } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import * as dto from './dto/system-prompts.js';
import { SystemPromptsPull } from './system-prompts.pull.js';
import { SystemPromptsService } from './system-prompts.service.js';

const tagged = { ETag: { about: 'Moves with every change.', example: '"2"' } };

@Tag('system-prompts')
@Controller('system-prompts')
export class SystemPromptsController {
  constructor(
    private readonly service: SystemPromptsService,
    private readonly pull: SystemPromptsPull,
  ) {}

  @Post()
  @Operation({
    id: 'createSystemPrompt',
    summary: 'Store a system prompt',
    about: 'A context names it in its config as `system_prompt_id`.',
    answer: {
      status: 201,
      about: 'The new system prompt.',
      type: dto.SystemPromptView,
      example: { version: 1 },
      headers: {
        Location: {
          about: 'The path of the system prompt.',
          example: `/system-prompts/${samples.systemPrompt}`,
        },
        ...tagged,
      },
    },
    errors: ['invalid_request', 'wrong_variables', 'limit_exceeded'],
    isIdempotent: true,
  })
  async create(
    @Caller() owner: Owner,
    @Body() body: dto.CreateSystemPrompt,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<dto.SystemPromptView> {
    const { id } = await this.service.create(owner, body, key);
    void reply.header('location', `/system-prompts/${id}`);
    return this.view(id, owner, reply);
  }

  @Get()
  @Operation({
    id: 'listSystemPrompts',
    summary: 'List system prompts',
    about: 'The newest first.',
    answer: { status: 200, about: 'One page.', type: dto.SystemPromptList },
    errors: ['invalid_request'],
  })
  async list(@Caller() owner: Owner, @Query() query: dto.ListSystemPrompts): Promise<dto.SystemPromptList> {
    const { prompts, next_cursor } = await this.pull.list(owner, query);
    return { system_prompts: prompts.map((prompt) => dto.SystemPromptView.of(prompt)), next_cursor };
  }

  @Get(':system_prompt_id')
  @SystemPromptPath
  @Operation({
    id: 'getSystemPrompt',
    summary: 'Get a system prompt',
    answer: { status: 200, about: 'The system prompt.', type: dto.SystemPromptView, headers: tagged },
    errors: ['system_prompt_not_found'],
    isConditional: true,
  })
  async get(
    @PathSystemPromptId() id: SystemPromptId,
    @Caller() owner: Owner,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<dto.SystemPromptView | undefined> {
    const prompt = await this.pull.get(id, owner);
    const etag = contextEtag(prompt.revision);
    return answerConditionally(reply, { etag }, known, () => dto.SystemPromptView.of(prompt));
  }

  @Patch(':system_prompt_id')
  @SystemPromptPath
  @Operation({
    id: 'patchSystemPrompt',
    summary: 'Change a system prompt',
    about:
      'Another content, or other variables, make another version, which contexts that pin none are answered with from their next turn on. With `If-Match`, only while nothing else has changed it.',
    answer: { status: 200, about: 'As it is now.', type: dto.SystemPromptView, headers: tagged },
    errors: [
      'invalid_request',
      'system_prompt_not_found',
      'revision_mismatch',
      'wrong_variables',
      'limit_exceeded',
    ],
    isGuarded: true,
  })
  async patch(
    @PathSystemPromptId() id: SystemPromptId,
    @Caller() owner: Owner,
    @Body() body: dto.PatchSystemPrompt,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<dto.SystemPromptView> {
    await this.service.patch(id, owner, body, ifMatch);
    return this.view(id, owner, reply);
  }

  @Delete(':system_prompt_id')
  @SystemPromptPath
  @Operation({
    id: 'deleteSystemPrompt',
    summary: 'Delete a system prompt',
    about:
      'With all its versions. Not while a context is answered with it, on any branch, or one that was deleted and can be restored.',
    answer: { status: 204, about: 'It is gone.' },
    errors: ['system_prompt_not_found', 'system_prompt_in_use'],
  })
  remove(@PathSystemPromptId() id: SystemPromptId, @Caller() owner: Owner): Promise<void> {
    return this.service.remove(id, owner);
  }

  @Get(':system_prompt_id/versions')
  @SystemPromptPath
  @Operation({
    id: 'listSystemPromptVersions',
    summary: 'List what a system prompt has said',
    about: 'The newest first. A context may pin one as `system_prompt_version`.',
    answer: { status: 200, about: 'One page.', type: dto.SystemPromptVersionList },
    errors: ['invalid_request', 'system_prompt_not_found'],
  })
  async versions(
    @PathSystemPromptId() id: SystemPromptId,
    @Caller() owner: Owner,
    @Query() query: dto.ListSystemPromptVersions,
  ): Promise<dto.SystemPromptVersionList> {
    const { versions, next_cursor } = await this.pull.versions(id, owner, query);
    return { versions: versions.map((version) => dto.VersionView.of(version)), next_cursor };
  }

  private async view(id: SystemPromptId, owner: Owner, reply: FastifyReply): Promise<dto.SystemPromptView> {
    const prompt = await this.pull.get(id, owner);
    void reply.header('etag', contextEtag(prompt.revision));
    return dto.SystemPromptView.of(prompt);
  }
}
