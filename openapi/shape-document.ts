import 'reflect-metadata';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AppModule } from '../src/app.module.js';
import { Settings } from '../src/config/settings.js';
import { applyDocumentation } from '../src/http/documented.js';
import { version } from '../src/config/version.js';
import { composeAlternatives, composeExample, nameOf, type Composer } from './compose-example.js';
import { isObject, listOf, mapValues, objectOr, type Json, type JsonObject } from './json.js';
import { refineMessage } from './message-examples.js';
import { problemExamples } from './problem-examples.js';
import { isEmptySchema, tidySchema } from './tidy-schema.js';

const description = `
Pullcord keeps conversations ("contexts") and has models answer in them. The server owns the conversation: an answer
goes on whether or not anybody listens.

**A signal says that something changed, a pull says what.** \`GET …/events\` is a stream of small signals without content.
They may be lost, repeated or merged, because nothing depends on them: whoever missed some is whole again after one pull.

**Two cursors** are all that a client remembers:

| cursor | of | moves when | pulled with |
| --- | --- | --- | --- |
| \`revision\` | a context | anything changes but the inside of a streaming message | \`GET …/messages?changed_since=R\` |
| \`sequence\` | a streaming message | a chunk is appended: 1, 2, 3, … without gaps | \`GET …/streaming-chunks?after=S\` |

Commands are \`POST …/actions/…\`: they answer at once with ids, and take an \`Idempotency-Key\` that makes a repeat safe.
Every error is a problem document (RFC 9457) whose \`code\` never changes. Every answer has an \`X-Request-Id\`.

Readers keep fields and message kinds that they do not know: more may come with any version.
`.trim();

/** In the order in which somebody meets them. */
const tags = [
  { name: 'contexts', description: 'Conversations: create, list, read, change, delete.' },
  {
    name: 'actions',
    description: 'Commands to a context. Each answers at once; the work goes on by itself.',
  },
  {
    name: 'branches',
    description: 'Lines of a conversation that share messages: fork, compare, merge, delete.',
  },
  { name: 'messages', description: 'Pulls of messages: a page, a batch, or what changed since a revision.' },
  {
    name: 'streaming',
    description:
      'Pulls of an answer while it streams, and the way in for producers that stream from elsewhere.',
  },
  { name: 'attachments', description: 'Files that messages refer to: upload, download, delete.' },
  { name: 'search', description: 'Messages by their words.' },
  { name: 'system-prompts', description: 'Instructions that contexts name, kept in versions.' },
  { name: 'models', description: 'Which models there are, and what they can do.' },
  { name: 'usage', description: 'What calls to models have used and cost, and which wait to be approved.' },
  { name: 'tools', description: 'What models can call.' },
  { name: 'workflows', description: 'Workflows from the operator’s files, and their executions.' },
  { name: 'transfer', description: 'Contexts written to files, and read from them.' },
  { name: 'session', description: 'What the devices of a caller share: tabs, interface, preferences.' },
  { name: 'events', description: 'Signals, as server-sent events.' },
  { name: 'health', description: 'For whoever watches the process.' },
  { name: 'welcome', description: 'Where to begin.' },
  { name: 'legacy', description: 'Routes of older clients, with the date of their end in their answers.' },
];

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description: 'One of the server’s tokens. A server without tokens, on a loopback address, asks for none.',
};

/** The document as text, as it is committed and served. */
export async function documentText(): Promise<string> {
  const { paths, schemas } = await readRoutes();
  const composer: Composer = { schemas, refine: refineMessage };
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Pullcord',
      version,
      summary: 'A signal-pull chat backend.',
      description,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:3000', description: 'A server started with `npm start`.' }],
    security: [{ bearer: [] }, {}],
    tags,
    paths: inOrder(mapValues(paths, (path) => mapValues(path, (operation) => shape(operation, composer)))),
    components: {
      schemas: Object.fromEntries(
        Object.entries(schemas)
          .filter(([, schema]) => !isEmptySchema(objectOr(schema)))
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
      examples: problemExamples,
      securitySchemes: { bearer },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What the controllers say. Nothing listens and no database is opened: in preview, Nest instantiates nothing. */
async function readRoutes(): Promise<{ paths: JsonObject; schemas: JsonObject }> {
  const options = { preview: true, logger: strictLogger, abortOnError: false };
  const app = await NestFactory.create(AppModule.with(new Settings()), new FastifyAdapter(), options);
  await applyDocumentation();
  const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
  const { paths, components } = SwaggerModule.createDocument(app, config);
  const plain = JSON.parse(JSON.stringify({ paths, schemas: components?.schemas })) as JsonObject;
  // The same routes under the other dialects' version are theirs alone.
  const own = Object.entries(objectOr(plain.paths)).filter(([path]) => !path.startsWith('/v1/'));
  return { paths: Object.fromEntries(own), schemas: mapValues(objectOr(plain.schemas), tidySchema) };
}

/** Two classes under one name would leave it to chance which of them is shown; that is but a warning to its maker. */
const strictLogger: LoggerService = {
  log: () => undefined,
  warn: (message: unknown) => {
    if (String(message).startsWith('Duplicate DTO')) throw new Error(String(message));
  },
  error: (message: unknown) => {
    throw new Error(String(message));
  },
};

function inOrder(paths: JsonObject): JsonObject {
  const placeOf = (path: Json): number => {
    const [operation] = Object.values(objectOr(path));
    const [tag] = listOf(objectOr(operation).tags);
    return tags.findIndex(({ name }) => name === tag);
  };
  // A stable sort: within a tag, the order of the code.
  return Object.fromEntries(Object.entries(paths).sort(([, a], [, b]) => placeOf(a) - placeOf(b)));
}

function shape(operation: JsonObject, composer: Composer): JsonObject {
  const { operationId = '', summary = '', description: about, tags: tagged = [], deprecated } = operation;
  const parameters = listOf(operation.parameters).map((parameter) => shapeParameter(objectOr(parameter)));
  const requestBody = shapeBody(objectOr(operation.requestBody), composer);
  const responses = objectOr(operation.responses);
  return {
    tags: tagged,
    operationId,
    summary,
    ...(about !== undefined && { description: about }),
    ...(deprecated !== undefined && { deprecated }),
    // An operation that cannot be refused a token needs none.
    ...(!responses['401'] && { security: [] }),
    ...(parameters.length > 0 && { parameters: byPlace(parameters) }),
    ...(requestBody && { requestBody }),
    responses: mapValues(responses, (response) => shapeResponse(response, composer)),
  };
}

const places = ['path', 'query', 'header'];

const byPlace = (parameters: readonly JsonObject[]): JsonObject[] =>
  places.flatMap((place) => {
    const these = parameters.filter((parameter) => parameter.in === place);
    // Decorators are read from the bottom up; an address is read from the left.
    return place === 'path' ? these.reverse() : these;
  });

/** An example beside its schema rather than in it, wherever it was written. */
function shapeParameter({
  name = '',
  in: place = '',
  description: about = '',
  ...rest
}: JsonObject): JsonObject {
  const { examples, deprecated = rest.deprecated, ...schema } = tidySchema(objectOr(rest.schema));
  const example = rest.example ?? listOf(examples)[0];
  return {
    name,
    in: place,
    description: about,
    ...(rest.required === true && { required: true }),
    ...(deprecated === true && { deprecated }),
    schema,
    ...(example !== undefined && { example }),
  };
}

/** A command without facts of its own is shown without a body; one whose fields are all optional may do without. */
function shapeBody(body: JsonObject, composer: Composer): JsonObject | undefined {
  const [content] = Object.values(objectOr(body.content));
  if (content === undefined) return undefined;
  const component = objectOr(composer.schemas[nameOf(String(objectOr(objectOr(content).schema).$ref))]);
  if (isEmptySchema(component)) return undefined;
  const required = component.required !== undefined || component.minProperties !== undefined;
  return { required, content: shapeContent(objectOr(body.content), composer) };
}

function shapeResponse(
  { description: about = '', headers, content }: JsonObject,
  composer: Composer,
): JsonObject {
  const shown = objectOr(headers);
  return {
    description: about,
    ...(Object.keys(shown).length > 0 && { headers: shown }),
    ...(content !== undefined && { content: shapeContent(objectOr(content), composer) }),
  };
}

/** Adds an example, or one for each alternative; what the operation says of its own example stands in it. */
const shapeContent = (content: JsonObject, composer: Composer): JsonObject =>
  mapValues(content, ({ schema, example: said, ...rest }): JsonObject => {
    const tidied = tidySchema(objectOr(schema));
    if (rest.examples) return { schema: tidied, ...rest };
    const examples = composeAlternatives(composer, tidied);
    if (examples) return { schema: tidied, examples };
    const example = composeExample(composer, tidied);
    return { schema: tidied, example: isObject(example) ? { ...example, ...objectOr(said) } : example };
  });
