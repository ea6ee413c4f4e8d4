// The TypeScript in the docs: every example is compiled as a browser's code would be, and does what its page says.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { NodeEventSource } from '../support/event-source.js';
import { caller, type Caller } from '../support/http.js';
import { fencesOf, pages, readPage } from '../support/pages.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const examples = pages.flatMap((page) =>
  fencesOf(readPage(page))
    .filter(({ language, isExcerpt }) => language === 'ts' && !isExcerpt)
    .map((fence) => ({ page, ...fence })),
);

interface CopiedMessage {
  readonly role: string;
  readonly status: string;
  readonly data: { readonly content: string };
}
interface Examples {
  follow(url: string, changed: (messages: ReadonlyMap<string, CopiedMessage>) => void): () => void;
  produce(url: string, deltas: AsyncIterable<string>): Promise<string>;
}

const folder = mkdtempSync(join(tmpdir(), 'pullcord-examples-'));
let complaints: string[] = [];
let example: Examples;
let server: TestServer;
let api: Caller;
let context = '';
let stop = (): void => undefined;
beforeAll(async () => {
  complaints = compile();
  const modules = await Promise.all(
    examples.map(
      ({ name }) =>
        import(pathToFileURL(join(folder, name.replace('.ts', '.mjs'))).href) as Promise<Partial<Examples>>,
    ),
  );
  example = Object.assign({}, ...modules) as Examples;
  server = await startServer({ dialect: 'sqlite', env: { PORT: String(await freePort()) } });
  api = caller(server);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

/** Writes the examples as files, checks them strictly and compiles them; gives what the compiler complains of. */
function compile(): string[] {
  const files = examples.map(({ name, code }) => {
    const file = join(folder, name.replace('.ts', '.mts'));
    writeFileSync(file, code);
    return file;
  });
  const program = ts.createProgram(files, {
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  });
  program.emit();
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      (found) => `${found.file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(found.messageText, '\n')}`,
    );
}

/** A restart must find the server where its clients look for it. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function newContext(): Promise<string> {
  const { body } = await api.post<{ id: string }>('/contexts');
  context = `/contexts/${body.id}`;
  return server.url + context;
}

const contentOf = async (id: string): Promise<unknown> => {
  const { body } = await api.get<{ status: string; data: { content: string } }>(`${context}/messages/${id}`);
  return { status: body.status, content: body.data.content };
};

describe('the examples in the docs', () => {
  it('are all run here, and compile strictly', () => {
    expect(examples.map(({ name }) => name).sort()).toEqual(['follow.ts', 'produce.ts']);
    expect(complaints).toEqual([]);
  });

  it('follow.ts has at most forty lines', () => {
    const [follow] = examples.filter(({ name }) => name === 'follow.ts');
    expect(follow?.code.split('\n').length).toBeLessThanOrEqual(40);
  });

  it('follow.ts shows an answer as it grows, and has it whole although the server was killed in between', async () => {
    vi.stubGlobal('EventSource', NodeEventSource);
    const seen: string[] = [];
    let copy: readonly CopiedMessage[] = [];
    stop = example.follow(await newContext(), (messages) => {
      copy = [...messages.values()];
      const answer = copy.find(({ role }) => role === 'assistant');
      if (answer?.data.content) seen.push(answer.data.content);
    });
    await api.post(`${context}/actions/send_message`, { content: '/words 100000' });
    await until(() => new Set(seen).size > 3, { what: 'the answer to grow' });
    await server.restart();
    await until(() => copy.at(-1)?.status === 'interrupted', { what: 'the torn answer' });
    const torn = copy.at(-1)?.data.content ?? '';
    expect(seen.every((text) => torn.startsWith(text))).toBe(true);
    await api.post(`${context}/actions/send_message`, { content: '/echo Here again.' });
    const isWhole = ({ role, status }: CopiedMessage): boolean =>
      role === 'assistant' && status === 'complete';
    await until(() => copy.some(isWhole), { what: 'the next answer' });
    const { body } = await api.get<{ messages: CopiedMessage[] }>(`${context}/messages?changed_since=0`);
    const shown = (messages: readonly CopiedMessage[]) =>
      messages.map(({ role, status, data }) => ({ role, status, content: data.content }));
    expect(shown(copy).slice(-1)).toEqual([
      { role: 'assistant', status: 'complete', content: 'Here again.' },
    ]);
    expect(shown(copy)).toEqual(shown(body.messages));
  });

  it('produce.ts writes each delta once, although every third answer is lost and the server is killed', async () => {
    const url = await newContext();
    const deltas = Array.from({ length: 30 }, (_, at) => `word ${at} `);
    vi.stubGlobal('fetch', loseEveryThirdAnswer());
    const id = await example.produce(url, killHalfway(deltas));
    vi.unstubAllGlobals();
    expect(await contentOf(id)).toEqual({ status: 'complete', content: deltas.join('') });
  });

  it('produce.ts stops when its message was cancelled', async () => {
    const url = await newContext();
    await expect(example.produce(url, cancelHalfway(['one', 'two', 'three']))).rejects.toThrow(
      'stream_closed',
    );
  });
});

/** Answers, but now and then the answer does not arrive: what was asked has been done all the same. */
function loseEveryThirdAnswer(): typeof fetch {
  const { fetch } = globalThis;
  let calls = 0;
  return async (...call) => {
    const answer = await fetch(...call);
    if (++calls % 3 !== 0) return answer;
    await answer.text();
    throw new TypeError('the connection was lost');
  };
}

async function* killHalfway(deltas: readonly string[]): AsyncGenerator<string> {
  for (const [at, delta] of deltas.entries()) {
    if (at === deltas.length / 2) await server.restart();
    yield delta;
  }
}

async function* cancelHalfway(deltas: readonly string[]): AsyncGenerator<string> {
  for (const [at, delta] of deltas.entries()) {
    if (at === 1) await api.post(`${context}/actions/cancel`);
    yield delta;
  }
}
