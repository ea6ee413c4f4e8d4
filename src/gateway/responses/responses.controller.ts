import { Body, Controller, Delete, Get, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Caller, IdempotencyKey, PathName } from '../../http/params.js';
import type { Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import type { Json } from '../dialects/codec.js';
import { responsesCodec as codec } from '../dialects/responses/responses-codec.js';
import { GatewayRoute } from '../gateway-route.js';
import { AnswerResponse } from './answer-response.js';
import { pageOf, readListQuery, readStartingAfter } from './list-page.js';
import { StoredResponses } from './stored-responses.js';

type QueryTexts = Readonly<Record<string, unknown>>;

/** What programs ask that speak OpenAI's Responses. */
@Controller(['responses', 'v1/responses'])
export class ResponsesController {
  constructor(
    private readonly answering: AnswerResponse,
    private readonly responses: StoredResponses,
  ) {}

  @Post()
  @GatewayRoute(codec)
  create(
    @Body() body: unknown,
    @Caller() owner: Owner,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answering.execute(owner, body, key, reply);
  }

  @Get(':response_id')
  @GatewayRoute(codec)
  async read(
    @PathName('response_id') id: string,
    @Caller() owner: Owner,
    @Query() query: QueryTexts,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (query['stream'] === 'true') return this.answering.follow(owner, id, readStartingAfter(query), reply);
    await reply.send(await this.responses.read(owner, id));
  }

  @Post(':response_id/cancel')
  @GatewayRoute(codec)
  cancel(@PathName('response_id') id: string, @Caller() owner: Owner): Promise<Json> {
    return this.responses.cancel(owner, id);
  }

  @Delete(':response_id')
  @GatewayRoute(codec)
  delete(@PathName('response_id') id: string, @Caller() owner: Owner): Promise<Json> {
    return this.responses.delete(owner, id);
  }

  @Get(':response_id/input_items')
  @GatewayRoute(codec)
  async listInputs(
    @PathName('response_id') id: string,
    @Caller() owner: Owner,
    @Query() query: QueryTexts,
  ): Promise<Json> {
    return pageOf(await this.responses.inputs(owner, id), readListQuery(query));
  }
}
