// Requests made from openapi.json: every operation, with what it allows and with what it does not. Whatever comes, the
// answer is one that the document names, says nothing of what is inside, and a refusal has changed nothing.
import { request, type IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRequest, operations, type Asked, type Target } from '../support/any-request.js';
import { act, appendDeltas, appendText, beginStream, createContext, getMetadata } from '../support/api.js';
import { findingsIn } from '../support/copies.js';
import type { Dialect } from '../support/databases.js';
import { caller, type Caller } from '../support/http.js';
import { note, patience, sized } from '../support/scale.js';
import { startServer, type TestServer } from '../support/server.js';
import { settled } from '../support/whole-pulls.js';

const byId = new Map(operations.map((operation) => [operation.operationId, operation]));

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A server, and what there is to ask it about. */
class Ground {
  /** Contexts in several states, and messages with their contexts, so that not every id leads nowhere. */
  private contexts: string[] = [];
  private messages: Target[] = [];
  /** Contexts in which something may go on beside their state: nobody can say that nothing has changed there. */
  private readonly restless = new Set<string>();
  private readonly api: Caller;

  private constructor(readonly server: TestServer) {
    this.api = caller(server);
  }

  static async make(dialect: Dialect): Promise<Ground> {
    const env = {
      PULLCORD_BODY_LIMIT_BYTES: '65536',
      PULLCORD_SCRIPTED_PACE_MS: '0',
      PULLCORD_MAX_TOOL_DEPTH: '2',
      PULLCORD_SSE_MAX_AGE_MS: '1000',
    };
    const ground = new Ground(await startServer({ dialect, env }));
    await ground.furnish();
    return ground;
  }

  /** What a request may be about; a message is mostly asked for in the context that it is in. */
  target(seed: number): Target {
    const message = this.messages[seed % this.messages.length] ?? { context: '', message: '' };
    if (seed % 2 === 0) return message;
    return { ...message, context: this.contexts[(seed >> 1) % this.contexts.length] ?? '' };
  }

  /** The light view of a context in which nothing moves by itself; undefined of any other. */
  async stillLife(id: string): Promise<unknown> {
    if (!this.contexts.includes(id) || this.restless.has(id)) return undefined;
    const answer = await this.api.get(`/contexts/${id}/metadata`);
    if (answer.status !== 200) return undefined;
    const seen = await getMetadata(this.api, id);
    const isStill = ['initial', 'awaiting_user', 'error', 'archived'].includes(seen.state.type);
    return isStill ? seen : undefined;
  }

  /** New things to ask about, within limits; and of what is gone no more. */
  async learn({ operationId, contextId: id }: Asked, { status, headers, text }: Got): Promise<void> {
    const isGone = status === 404 && text.includes('"context_not_found"');
    if (isGone || (operationId === 'deleteContext' && status === 204)) await this.forget(id);
    if (status >= 300) return;
    if (operationId === 'generateTitle') this.restless.add(id);
    const isJson = headers['content-type']?.startsWith('application/json') && text.startsWith('{');
    const made = isJson ? (JSON.parse(text) as { id?: string; message_id?: string }) : {};
    if (operationId === 'createContext' && made.id) keep(this.contexts, made.id);
    if (made.message_id && id) keep(this.messages, { context: id, message: made.message_id });
  }

  private async forget(id: string): Promise<void> {
    this.contexts = this.contexts.filter((context) => context !== id);
    this.messages = this.messages.filter(({ context }) => context !== id);
    if (this.contexts.length < 6 || this.messages.length < 3) await this.furnish();
  }

  private async furnish(): Promise<void> {
    const made: string[] = [];
    for (let n = 0; n < 6; n++) made.push((await createContext(this.api)).id);
    this.contexts.push(...made);
    const [talk = '', stream = '', archived = '', failed = ''] = made;
    const said = await act(this.api, talk, 'send_message', { content: '/echo Hi.' });
    await settled(this.api, talk);
    const noted = await appendText(this.api, talk, 'Note');
    for (const { message_id } of [said, noted]) this.messages.push({ context: talk, message: message_id });
    const open = await beginStream(this.api, stream);
    await appendDeltas(this.api, open, 'one ', 'two ');
    this.messages.push({ context: stream, message: open.split('/').at(-1) ?? '' });
    await act(this.api, archived, 'archive');
    await act(this.api, failed, 'send_message', { content: '/fail' });
    await settled(this.api, failed);
  }
}

function keep<Kept>(all: Kept[], one: Kept): void {
  if (all.length < 60) all.push(one);
  else all[Math.floor(Math.random() * all.length)] = one;
}

/** One request on a bare connection; of a stream that never ends, the head. Fails when no answer comes. */
function send(server: TestServer, { method, path, headers, body }: Asked): Promise<Got> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(server.url);
    // Node would send the body of a DELETE without saying that there is one.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const said = { ...headers, ...length };
    const asked = request({ host, port, method, path, headers: said, timeout: 20_000 }, (response) => {
      const done = (text: string): void =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      let text = '';
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        done(text);
        return void response.destroy();
      }
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => done(text)).on('error', reject);
    });
    asked.on('error', reject);
    asked.on('timeout', () => asked.destroy(new Error(`no answer to ${method} ${path}`)));
    asked.end(body);
  });
}

const inside =
  /node_modules|\.js:\d|\bat (async )?\w+[.\w]* \(|sqlite|postgres|typeorm|SELECT |INSERT |better-|\/work|\/tmp|ECONN|undefined is not/i;

/** The statuses that the document names; where there is no such method, those of an address. */
const statusesOf = ({ operationId, hasWrongMethod }: Asked): string[] =>
  hasWrongMethod ? ['400', '404', '405'] : Object.keys(byId.get(operationId)?.responses ?? {});

function expectProper(asked: Asked, { status, headers, text }: Got): void {
  expect(status, text).toBeLessThan(500);
  expect(statusesOf(asked), `${asked.operationId} answered ${status}: ${text}`).toContain(String(status));
  expect(headers['x-request-id']).toBeTruthy();
  if (status === 405) expect(headers.allow?.split(', ')).not.toContain(asked.method);
  if (status < 400) return;
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(text) as { status: number; code: string; detail: string };
  expect(problem).toMatchObject({ status, code: expect.stringMatching(/^[a-z_]+$/) as string });
  expect(text.length).toBeLessThan(20_000);
  // What was sent may be quoted, as the path of a wrong field.
  expect(problem.detail.replace(/^.*? (must|is|holds|has) /, '')).not.toMatch(inside);
}

describe.each<Dialect>(['sqlite', 'postgres'])('on %s', (dialect) => {
  it(
    'every operation answers whatever it is asked properly, and what it refuses has changed nothing',
    async () => {
      const ground = await Ground.make(dialect);
      const statuses = new Map<string, number>();
      const asProperty = fc.asyncProperty(
        anyRequest((seed) => ground.target(seed)),
        async (asked) => {
          const before = await ground.stillLife(asked.contextId);
          const got = await send(ground.server, asked);
          expectProper(asked, got);
          if (got.status >= 400 && before)
            expect(await ground.stillLife(asked.contextId), got.text).toEqual(before);
          await ground.learn(asked, got);
          const name = `${asked.operationId} ${Math.floor(got.status / 100)}xx`;
          statuses.set(name, (statuses.get(name) ?? 0) + 1);
        },
      );
      // The short form asks the same every time: what it says is of the change under test. The long form looks further.
      const seed = sized(1_795_230_600, Date.now());
      await fc.assert(asProperty, { numRuns: sized(450, 10_000), endOnFailure: true, seed });
      // The others need what a server is configured with: workflows, MCP servers, tools.
      const asked = operations.filter(({ path }) => path.startsWith('/contexts'));
      const failed = asked
        .map(({ operationId }) => operationId)
        .filter((id) => !statuses.has(`${id} 2xx`) && !statuses.has(`${id} 3xx`));
      // Both sides of it were tried, in the long form of most operations: some need a state that chance seldom makes.
      expect(failed.length, failed.join()).toBeLessThan(asked.length * sized(0.75, 0.25));
      expect(ground.server.logs.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
      expect(await findingsIn(ground.server)).toEqual([]);
      const counts = [...statuses].map(([name, count]) => `${name} ${count}`).sort();
      note(`fuzz on ${dialect}: ${counts.join(', ')}`);
    },
    patience,
  );
});
