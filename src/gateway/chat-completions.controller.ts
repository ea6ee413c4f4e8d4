import { Body, Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { chatCompletionsCodec as codec } from './dialects/chat-completions/chat-completions-codec.js';
import { GatewayRoute } from './gateway-route.js';
import { RecordedAnswering } from './recorded/recorded-answering.js';

/** What OpenAI's programs ask. */
@Controller()
export class ChatCompletionsController {
  constructor(private readonly answering: RecordedAnswering) {}

  @Post(['chat/completions', 'v1/chat/completions'])
  @GatewayRoute(codec)
  complete(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.answering.answer(codec, codec.decode(body), reply);
  }
}
