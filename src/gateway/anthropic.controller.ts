import { Body, Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { messagesCodec as codec } from './dialects/messages/messages-codec.js';
import { GatewayRoute } from './gateway-route.js';
import { RecordedAnswering } from './recorded/recorded-answering.js';

/** What Anthropic's programs ask. */
@Controller()
export class AnthropicController {
  constructor(private readonly answering: RecordedAnswering) {}

  @Post(['messages', 'v1/messages'])
  @GatewayRoute(codec)
  create(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.answering.answer(codec, codec.decode(body), reply);
  }
}
