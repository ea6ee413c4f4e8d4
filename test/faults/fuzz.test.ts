// Requests made from openapi.json: every operation, with what it allows and with what it does not. Whatever comes, the
// answer is one that the document names, says nothing of what is inside, and a refusal has changed nothing.
import { readFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { act, appendDeltas, appendText, beginStream, createContext, getMetadata } from '../support/api.js';
import { findingsIn } from '../support/copies.js';
import { caller, type Caller } from '../support/http.js';
import { note, patience, sized } from '../support/scale.js';
import { allowedBy, spoilt, type Schema, type Schemas } from '../support/schema-values.js';
import { startServer, type TestServer } from '../support/server.js';
import { settled } from '../support/whole-pulls.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Operation extends OperationObject {
  readonly method: string;
  readonly path: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Schemas };
}

const document = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;
const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    path,
  })),
);

const byId = new Map(operations.map((operation) => [operation.operationId, operation]));

let server: TestServer;
let api: Caller;
/** Contexts in several states, and messages of theirs, so that not every id leads nowhere. */
const contexts: string[] = [];
const messages: string[] = [];
/** Contexts in which something may go on beside their state: nobody can say that nothing has changed there. */
const restless = new Set<string>();

beforeAll(async () => {
  server = await startServer({
    dialect: 'sqlite',
    env: {
      PULLCORD_BODY_LIMIT_BYTES: '65536',
      PULLCORD_SCRIPTED_PACE_MS: '0',
      PULLCORD_MAX_TOOL_DEPTH: '2',
      PULLCORD_SSE_MAX_AGE_MS: '1000',
    },
  });
  api = caller(server);
  for (let n = 0; n < 6; n++) contexts.push((await createContext(api)).id);
  const [talk = '', stream = '', archived = '', failed = ''] = contexts;
  messages.push((await act(api, talk, 'send_message', { content: '/echo Hi.' })).message_id);
  await settled(api, talk);
  messages.push((await appendText(api, talk, 'Note')).message_id);
  const open = await beginStream(api, stream);
  await appendDeltas(api, open, 'one ', 'two ');
  messages.push(open.split('/').at(-1) ?? '');
  await act(api, archived, 'archive');
  await act(api, failed, 'send_message', { content: '/fail' });
  await settled(api, failed);
});
afterAll(() => server.kill());

/** What the scripted model understands, and what the rest of the document speaks of. */
const hints = [
  '/fail',
  '/tool x {}',
  '/echo a',
  '/words 3',
  '/reason',
  'main',
  'scripted/fast',
  'nobody/nothing',
  'k-1',
];
const values = (schema: Schema): fc.Arbitrary<unknown> =>
  allowedBy(schema, document.components.schemas, hints);

interface Asked {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly contextId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

const anyRequest: fc.Arbitrary<Asked> = fc.constantFrom(...operations).chain((operation) =>
  fc
    .record({
      parts: fc.tuple(...(operation.parameters ?? []).map(parameterValue)),
      body: bodyOf(operation),
      type: fc.constantFrom(
        ...Array<string>(8).fill('application/json'),
        'text/plain',
        'application/json; charset=latin1',
        'x',
      ),
    })
    .map(({ parts, body, type }) => assemble(operation, parts, body, type)),
);

/** A parameter as it goes into the request: undefined leaves it out. */
function parameterValue({ name, in: place, required, schema }: Parameter): fc.Arbitrary<string | undefined> {
  const known = name === 'context_id' ? contextId() : name === 'message_id' ? messageId() : undefined;
  const allowed = known ?? values(schema).map(asText);
  const any = fc.oneof(
    { weight: 5, arbitrary: allowed },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  );
  // A held pull is an answer that takes its time: that it comes is tried elsewhere.
  const quick = name === 'wait_ms' ? any.map((text) => (Number(text) > 30 ? '30' : text)) : any;
  return required || place === 'path' ? quick : fc.option(quick, { nil: undefined });
}

// Drawn when it is used: the ids are not there yet when the tests are collected.
const contextId = (): fc.Arbitrary<string> =>
  fc.oneof({ weight: 8, arbitrary: fc.nat().map((n) => contexts[n % contexts.length] ?? '') }, fc.uuid());
const messageId = (): fc.Arbitrary<string> =>
  fc.oneof({ weight: 8, arbitrary: fc.nat().map((n) => messages[n % messages.length] ?? '') }, fc.uuid());

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function bodyOf({ requestBody, method }: Operation): fc.Arbitrary<string | Buffer | undefined> {
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  const json = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string | undefined> =>
    value.map((made) => JSON.stringify(made));
  const allowed = schema ? values(schema) : fc.constant(undefined);
  // Theirs would mean nothing (RFC 9110 §9.3.1, §9.3.5).
  if (method === 'GET' || method === 'DELETE') return fc.constant(undefined);
  return fc.oneof(
    { weight: 6, arbitrary: json(allowed) },
    { weight: 4, arbitrary: json(spoilt(allowed)) },
    { weight: 1, arbitrary: json(fc.jsonValue()) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
    fc.constantFrom(
      '[',
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1}}',
      '['.repeat(5_000),
      `"${'x'.repeat(70_000)}"`,
      undefined,
    ),
  );
}

function assemble(
  operation: Operation,
  parts: readonly (string | undefined)[],
  body: Asked['body'],
  type: string,
): Asked {
  let { path } = operation;
  const query = new URLSearchParams();
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type };
  let id = '';
  for (const [index, { name, in: place }] of (operation.parameters ?? []).entries()) {
    const text = parts[index];
    if (text === undefined) continue;
    if (place === 'path') path = path.replace(`{${name}}`, encode(text));
    else if (place === 'query') query.append(name, wellFormed(text));
    else
      headers[name] = Buffer.from(text.replace(/[^\t\x20-\x7e\x80-\xff]/g, ''), 'latin1').toString('latin1');
    if (name === 'context_id') id = text;
  }
  return {
    operationId: operation.operationId,
    method: operation.method,
    path: `${path}${query.size > 0 ? `?${query.toString()}` : ''}`,
    contextId: id,
    headers,
    body,
  };
}

/** Half a surrogate pair cannot be written in a URL. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

/** In a path a dot may be a step, and nothing at all is another address. */
const encode = (text: string): string => encodeURIComponent(wellFormed(text)).replaceAll('.', '%2E') || '%20';

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One request on a bare connection; of a stream that never ends, the head. Fails when no answer comes. */
function send({ method, path, headers, body }: Asked): Promise<Got> {
  return new Promise((resolve, reject) => {
    const url = new URL(server.url);
    const asked = request(
      { host: url.hostname, port: url.port, method, path, headers, timeout: 20_000 },
      (response) => {
        const done = (text: string): void =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        let text = '';
        if (response.headers['content-type']?.startsWith('text/event-stream')) {
          done(text);
          return void response.destroy();
        }
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => done(text)).on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.on('timeout', () => asked.destroy(new Error(`no answer to ${method} ${path}`)));
    asked.end(body);
  });
}

const inside =
  /node_modules|\.js:\d|\bat (async )?\w+[.\w]* \(|sqlite|typeorm|SELECT |INSERT |better-|\/work|\/tmp|ECONN|undefined is not/i;

function expectProper({ operationId }: Asked, { status, headers, text }: Got): void {
  const responses = byId.get(operationId)?.responses ?? {};
  expect(status, text).toBeLessThan(500);
  expect(Object.keys(responses), `${operationId} answered ${status}: ${text}`).toContain(String(status));
  expect(headers['x-request-id']).toBeTruthy();
  if (status < 400) return;
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(text) as { status: number; code: string; detail: string };
  expect(problem).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+$/) as string });
  expect(text.length).toBeLessThan(20_000);
  // What was sent may be quoted, as the path of a wrong field.
  expect(problem.detail.replace(/^.*? (must|is|holds|has) /, '')).not.toMatch(inside);
}

/** The light view of a context in which nothing moves by itself; undefined of any other. */
async function stillLife(id: string): Promise<unknown> {
  if (!contexts.includes(id) || restless.has(id)) return undefined;
  const answer = await api.get(`/contexts/${id}/metadata`);
  if (answer.status !== 200) return undefined;
  const seen = await getMetadata(api, id);
  const isStill = ['initial', 'awaiting_user', 'error', 'archived'].includes(seen.state.type);
  return isStill ? seen : undefined;
}

it(
  'every operation answers whatever it is asked properly, and what it refuses has changed nothing',
  async () => {
    const statuses = new Map<string, number>();
    const asProperty = fc.asyncProperty(anyRequest, async (asked) => {
      const before = await stillLife(asked.contextId);
      const got = await send(asked);
      expectProper(asked, got);
      if (got.status >= 400 && before) expect(await stillLife(asked.contextId), got.text).toEqual(before);
      keepIds(asked, got);
      const name = `${asked.operationId} ${Math.floor(got.status / 100)}xx`;
      statuses.set(name, (statuses.get(name) ?? 0) + 1);
    });
    await fc.assert(asProperty, { numRuns: sized(600, 30_000), endOnFailure: true });
    const answered = [...statuses.keys()]
      .filter((name) => /[23]xx$/.test(name))
      .map((name) => name.split(' ')[0]);
    // Both sides of it were tried, in the long form of every operation there is.
    expect(answered.length).toBeGreaterThan(sized(12, operations.length - 4));
    expect(server.logs.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
    expect(await findingsIn(server)).toEqual([]);
    note(
      `fuzz: ${[...statuses]
        .map(([name, count]) => `${name} ${count}`)
        .sort()
        .join(', ')}`,
    );
  },
  patience,
);

/** New things to ask about, within limits. */
function keepIds({ operationId, contextId: id }: Asked, { status, text }: Got): void {
  if (status >= 300) return;
  if (operationId === 'generateTitle') restless.add(id);
  const made = text.startsWith('{') ? (JSON.parse(text) as { id?: string; message_id?: string }) : {};
  if (operationId === 'createContext') keep(contexts, made.id);
  keep(messages, made.message_id);
}

function keep(ids: string[], id: string | undefined): void {
  if (id === undefined || ids.includes(id)) return;
  if (ids.length < 60) ids.push(id);
  else ids[Math.floor(Math.random() * ids.length)] = id;
}
