import { readFileSync } from 'node:fs';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Component, Nested, Text } from './http/fields.js';
import { Operation, Tag } from './http/operation.js';
import { FrontPage } from './pages/front-page.js';
import { ModelRegistry } from './providers/model-registry.js';
import { projectFolder, version } from './config/version.js';

const document = new URL('openapi/openapi.json', projectFolder);

const links = {
  openapi: '/openapi.json',
  contexts: '/contexts',
  events: '/events',
  health: '/health/ready',
} as const;

const link = (about: string, path: string): PropertyDecorator => Text({ about, max: 100, example: path });

@Component({ about: 'Where to go on from here.' })
class WelcomeLinks {
  @link('This API, for programs.', links.openapi) readonly openapi!: string;
  @link('The conversations.', links.contexts) readonly contexts!: string;
  @link('The signals of all of them.', links.events) readonly events!: string;
  @link('Whether the server can take requests.', links.health) readonly health!: string;
}

@Component({ about: 'What this server is.' })
class Welcome {
  @Text({ about: 'This is Pullcord.', max: 20, example: 'pullcord' }) readonly name!: string;
  @Text({ about: 'Its version.', max: 20, example: version }) readonly version!: string;
  @Text({
    about: 'The model that answers where a context names none.',
    max: 200,
    example: 'scripted/default',
  })
  readonly default_model!: string;
  @Nested(() => WelcomeLinks, { about: 'Where to go on from here.' }) readonly links!: WelcomeLinks;
}

/** What somebody sees who opens the address of the server. */
@Tag('welcome')
@Controller()
export class WelcomeController {
  constructor(
    private readonly models: ModelRegistry,
    private readonly front: FrontPage,
  ) {}

  @Get()
  @Operation({
    id: 'getWelcome',
    summary: 'What this is, and where to go on',
    about: 'A browser, which prefers HTML to JSON, is shown the playground.',
    answer: { status: 200, about: 'A welcome.', type: Welcome },
    isOpen: true,
  })
  async welcome(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Welcome | Buffer | undefined> {
    const page = this.front.pageFor(request, reply);
    if (page) return page.answer(request, reply);
    return {
      name: 'pullcord',
      version,
      default_model: this.models.defaultModel,
      links,
    };
  }

  @Get('openapi.json')
  @Operation({
    id: 'getOpenapi',
    summary: 'This document',
    answer: {
      status: 200,
      about: 'The document.',
      mediaType: 'application/json',
      example: { openapi: '3.1.0', info: { title: 'Pullcord', version } },
    },
    isOpen: true,
  })
  openapi(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('application/json').header('cache-control', 'no-cache');
    return readFileSync(document, 'utf8');
  }
}
