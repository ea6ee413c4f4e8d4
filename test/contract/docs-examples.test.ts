// The TypeScript in the docs: every example is compiled as a browser's code would be, and does what its page says.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { NodeEventSource } from '../support/event-source.js';
import { caller, type Caller } from '../support/http.js';
import { moduleName, transpile } from '../support/page-run.js';
import { exampleOf, examples, root } from '../support/pages.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** The test that exercises each example which is a module; the others are run by docs.test.ts as they are. */
const exercised: Readonly<Record<string, string>> = {
  'follow.ts': 'test/contract/docs-examples.test.ts',
  'produce.ts': 'test/contract/docs-examples.test.ts',
  'chat.tsx': 'test/browser/quickstart.test.ts',
  'use-chat.tsx': 'test/browser/quickstart.test.ts',
  'use-conversation.ts': 'test/browser/use-chat.test.ts',
};

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
  const own = Object.keys(exercised).filter(
    (name) => exercised[name] === 'test/contract/docs-examples.test.ts',
  );
  const modules = await Promise.all(own.map(load));
  example = Object.assign({}, ...modules) as Examples;
  server = await startServer({ dialect: 'sqlite', env: { PORT: String(await freePort()) } });
  api = caller(server);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

/** Writes the examples as files and checks them strictly; gives what the compiler complains of. */
function compile(): string[] {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const files = examples.map(({ name, code }) => {
    const file = join(folder, name);
    writeFileSync(file, code);
    return file;
  });
  const program = ts.createProgram(files, {
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
    moduleDetection: ts.ModuleDetectionKind.Force,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    jsx: ts.JsxEmit.ReactJSX,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: [],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      (found) => `${found.file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(found.messageText, '\n')}`,
    );
}

/** The example as a program has it that imports it. */
async function load(name: string): Promise<Partial<Examples>> {
  const file = join(folder, moduleName(name));
  writeFileSync(file, transpile(exampleOf(name)));
  return (await import(pathToFileURL(file).href)) as Partial<Examples>;
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
  it('compile strictly, and have names of their own', () => {
    expect(complaints).toEqual([]);
    expect(new Set(examples.map(({ name }) => name)).size).toBe(examples.length);
  });

  it('are all run: those that are modules by the tests that are named here', () => {
    const modules = examples.filter(({ isModule }) => isModule).map(({ name }) => name);
    expect(modules.sort()).toEqual(Object.keys(exercised).sort());
    const silent = modules.filter((name) => {
      const test = readFileSync(join(root, exercised[name] ?? ''), 'utf8');
      return !test.includes(name);
    });
    expect(silent).toEqual([]);
  });

  it('follow.ts has at most forty lines', () => {
    expect(exampleOf('follow.ts').split('\n').length).toBeLessThanOrEqual(40);
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
