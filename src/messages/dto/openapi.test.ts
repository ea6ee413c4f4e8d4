import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ApiOkResponse, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyDocumentation } from '../../http/documented.js';
import { messageKinds, type Message, type MessagePayload } from '../message-kinds.js';
import { MessageView } from './message-view.js';
import { Payload } from './payload.js';

class Sending {
  @Payload({ about: 'What is sent.' })
  readonly payload!: MessagePayload;

  @Payload({ about: 'What else is sent.', optional: true })
  readonly other?: MessagePayload;
}

@Controller('messages')
class Messages {
  @Post()
  send(@Body() body: Sending): string {
    return body.payload.kind;
  }

  @Get()
  @ApiOkResponse({ type: MessageView })
  read(): Message | undefined {
    return undefined;
  }
}

@Module({ controllers: [Messages] })
class Shown {}

type Schema = Readonly<Record<string, unknown>>;

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const pascal = (kind: string): string =>
  kind
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

describe('the OpenAPI document', () => {
  let document: OpenAPIObject;
  let schemas: Record<string, Schema>;

  beforeAll(async () => {
    const app = await NestFactory.create(Shown, new FastifyAdapter(), { logger: ['error', 'warn'] });
    await applyDocumentation();
    const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
    document = JSON.parse(JSON.stringify(SwaggerModule.createDocument(app, config))) as OpenAPIObject;
    schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
    await app.close();
  });

  it.each([
    ['MessagePayload', 'Payload'],
    ['Message', 'Message'],
  ])('shows %s as one of the fourteen kinds, told apart by kind, or an unknown one', (name, suffix) => {
    expect(schemas[name]).toMatchObject({
      oneOf: [...messageKinds.map((kind) => ref(pascal(kind) + suffix)), ref(`Unknown${suffix}`)],
      discriminator: {
        propertyName: 'kind',
        mapping: Object.fromEntries(messageKinds.map((kind) => [kind, ref(pascal(kind) + suffix).$ref])),
      },
    });
  });

  it.each(messageKinds)('gives the kind %s its literal and its data, in payloads and in messages', (kind) => {
    for (const suffix of ['Payload', 'Message']) {
      const schema = schemas[pascal(kind) + suffix];
      expect(schema).toMatchObject({
        type: 'object',
        properties: { kind: { type: 'string', enum: [kind] }, data: { allOf: [ref(`${pascal(kind)}Data`)] } },
      });
      expect(schema?.['required']).toEqual(expect.arrayContaining(['kind', 'data']));
    }
  });

  it('shows a message with everything that all kinds have', () => {
    const required = [
      'id',
      'context_id',
      'branch',
      'parent_id',
      'depth',
      'role',
      'status',
      'metadata',
      'revision',
    ];
    expect(schemas['TextMessage']?.['required']).toEqual([...required, 'created_at', 'kind', 'data']);
    expect(schemas['TextMessage']).toMatchObject({
      properties: {
        parent_id: { type: ['string', 'null'] },
        metadata: { allOf: [ref('MessageMetadata')] },
      },
    });
  });

  it('keeps an unknown kind apart from the known ones, and free', () => {
    for (const name of ['UnknownPayload', 'UnknownMessage'])
      expect(schemas[name]).toMatchObject({
        properties: {
          kind: { pattern: '^[a-z][a-z0-9_]{0,63}$', not: { enum: [...messageKinds] } },
          data: { type: 'object', additionalProperties: true },
        },
      });
  });

  it('shows an image source and a project structure as what they may be', () => {
    expect(schemas['ImageSource']).toMatchObject({
      oneOf: [ref('ImageByUrl'), ref('ImageByBase64'), ref('ImageByPath'), ref('ImageByAttachment')],
    });
    expect(schemas['ProjectStructureData']).toMatchObject({
      discriminator: { propertyName: 'structure_type' },
    });
    expect(schemas['TreeNode']).toMatchObject({ properties: { children: { items: ref('TreeNode') } } });
  });

  it('has every limit, and forbids a reader nothing', () => {
    expect(schemas['TextData']).toMatchObject({
      properties: { content: { type: 'string', maxLength: 1_000_000, description: 'The text.' } },
      required: ['content'],
    });
    expect(JSON.stringify(document)).not.toContain('"additionalProperties":false');
  });

  it('refers to no schema that it does not have', () => {
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name ?? '');
    expect(names.filter((name) => !schemas[name])).toEqual([]);
    expect(names).toContain('MessagePayload');
  });
});
