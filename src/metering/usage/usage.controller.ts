import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import { Operation, Tag } from '../../http/operation.js';
import { Caller } from '../../http/params.js';
import type { Owner } from '../../kernel/ids.js';
import { GetUsage, Usage } from './dto/usage-views.js';
import { answerUsage } from './answer-usage.js';
import { UsagePull } from './usage.pull.js';

@Tag('usage')
@Controller(['usage', 'v1/usage'])
export class UsageController {
  constructor(
    private readonly pull: UsagePull,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Operation({
    id: 'getUsage',
    summary: 'Get what was used',
    about:
      'What the caller’s calls to models have used, by their providers’ own numbers where they gave some. It is there as soon as an answer has finished. With `format=csv`, or `Accept: text/csv`, a table with a `Link` to its next page.',
    answer: {
      status: 200,
      about: 'One page.',
      type: Usage,
      headers: { Vary: { about: 'What the answer depends on.', example: 'Accept' } },
    },
    errors: ['invalid_request'],
  })
  async get(
    @Caller() owner: Owner,
    @Query() query: GetUsage,
    @Headers('accept') accept: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Usage | string> {
    const page = await this.pull.page(owner, { ...query, group_by: query.group_by ?? [] });
    const usage = Usage.of(page, this.settings.currency);
    return answerUsage(reply, { usage, query, accept, url: request.url });
  }
}
