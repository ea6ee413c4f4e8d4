import { readFileSync } from 'node:fs';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Open } from './http/access.guard.js';
import { FreeObject, Text } from './http/fields.js';
import { Operation } from './http/operation.js';
import { ModelRegistry } from './providers/model-registry.js';
import { version } from './version.js';

const document = new URL('../../openapi/openapi.json', import.meta.url);

class Welcome {
  @Text({ about: 'This is Pullcord.', max: 20, example: 'pullcord' }) readonly name!: string;
  @Text({ about: 'Its version.', max: 20, example: version }) readonly version!: string;
  @Text({
    about: 'The model that answers where a context names none.',
    max: 200,
    example: 'scripted/default',
  })
  readonly default_model!: string;
  @FreeObject({ about: 'Where to go on from here.', maxBytes: 10_000 }) readonly links!: Readonly<
    Record<string, string>
  >;
}

/** What somebody sees who opens the address of the server. */
@ApiTags('welcome')
@Open()
@Controller()
export class WelcomeController {
  constructor(private readonly models: ModelRegistry) {}

  @Get()
  @Operation({
    id: 'getWelcome',
    summary: 'What this is, and where to go on',
    answer: { status: 200, about: 'A welcome.', type: Welcome },
  })
  welcome(): Welcome {
    return {
      name: 'pullcord',
      version,
      default_model: this.models.defaultModel,
      links: { openapi: '/openapi.json', contexts: '/contexts', events: '/events', health: '/health/ready' },
    };
  }

  @Get('openapi.json')
  @Operation({
    id: 'getOpenapi',
    summary: 'This API as OpenAPI 3.1, to generate clients from',
    answer: { status: 200, about: 'The document.', mediaType: 'application/json' },
  })
  openapi(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('application/json').header('cache-control', 'no-cache');
    return readFileSync(document, 'utf8');
  }
}
