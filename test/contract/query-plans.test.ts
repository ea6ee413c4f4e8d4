// Every pull goes by an index, however much there is: the statements of real pulls, each explained by the database.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/read-settings.js';
import { createApp } from '../../src/create-app.js';
import { createLogger } from '../../src/http/request-logger.js';
import { encodeCursor } from '../../src/kernel/page-cursor.js';
import { Database, type Committed, type Work } from '../../src/storage/database.js';
import { numbered } from '../../src/storage/postgres/postgres-sql.js';
import type { SqlValue, Tx } from '../../src/storage/tx.js';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  fork,
  getContext,
  pullChunks,
  reaches,
} from '../support/api.js';
import type { Dialect } from '../support/databases.js';
import { freshDatabase } from '../support/databases.js';
import { caller, type Caller } from '../support/http.js';
import { SseStream } from '../support/sse.js';
import { upload } from '../support/upload.js';
import { settled } from '../support/whole-pulls.js';

interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

type Statements = Map<string, Statement>;

/** What was read while somebody listened. */
interface Recording {
  readonly statements: Statements;
  isListening: boolean;
}

/** Passes every read on, and whatever else a dialect's reads can do. */
function recordReads(database: Database): Recording {
  const recording: Recording = { statements: new Map(), isListening: false };
  const note = (name: string | symbol, [sql, ...params]: readonly [string, ...SqlValue[]]): void => {
    if (recording.isListening && ['all', 'get'].includes(String(name)))
      recording.statements.set(sql, { sql, params });
  };
  const reads = new Proxy(database.reads, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        note(name, args as [string, ...SqlValue[]]);
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
  Object.defineProperty(database, 'reads', { value: reads });
  return recording;
}

/** The steps of a statement's plan, a line each. */
type Explain = (statement: Statement) => Promise<readonly string[]>;

/** Keeps the statements of every unit. */
function recordUnits(database: Database): Statements {
  const statements: Statements = new Map();
  const recording = (tx: Tx): Tx =>
    new Proxy(tx, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: readonly unknown[]): unknown => {
          const [sql, ...params] = args as [string, ...SqlValue[]];
          if (['all', 'get', 'lock', 'run'].includes(String(name))) statements.set(sql, { sql, params });
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    });
  const commit = database.commit.bind(database);
  const record = <Answer>(name: string, work: Work<Answer>): Promise<Committed<Answer>> =>
    commit(name, (tx) => work(recording(tx)));
  Object.defineProperty(database, 'commit', { value: record });
  return statements;
}

interface Served {
  readonly app: NestFastifyApplication;
  readonly reads: Recording;
  readonly units: Statements;
  readonly explain: Explain;
  close(): Promise<void>;
}

async function serve(dialect: Dialect): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-plans-'));
  const postgres = dialect === 'postgres' ? await freshDatabase() : undefined;
  const settings = readSettings({
    PULLCORD_DATA_DIR: folder,
    PULLCORD_COMPACT_AFTER_MS: '0',
    ...(postgres && { DATABASE_URL: postgres.url }),
  });
  const app = await createApp(settings, createLogger('silent'));
  const database = app.get(Database, { strict: false });
  const reads = recordReads(database);
  const units = recordUnits(database);
  await app.listen(0, '127.0.0.1');
  const explainer = postgres ? explainPostgres(postgres.url) : explainSqlite(join(folder, 'pullcord.db'));
  return {
    app,
    reads,
    units,
    explain: explainer.explain,
    close: async () => {
      await explainer.close();
      await app.close();
      await postgres?.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

function explainSqlite(file: string): { explain: Explain; close(): Promise<void> } {
  const db = new Sqlite(file, { readonly: true });
  const explain = async ({ sql, params }: Statement): Promise<string[]> =>
    (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as { detail: string }[]).map(
      ({ detail }) => detail,
    );
  return { explain, close: async () => void db.close() };
}

/** With sequential scans ruled out: one is in the plan only when there is no index to go by. */
function explainPostgres(url: string): { explain: Explain; close(): Promise<void> } {
  const pool = new pg.Pool({ connectionString: url, options: '-c enable_seqscan=off' });
  const explain = async ({ sql, params }: Statement): Promise<string[]> => {
    const { rows } = await pool.query(`EXPLAIN ${numbered(sql)}`, [...params]);
    return (rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN'].trim());
  };
  return { explain, close: () => pool.end() };
}

/** Some of everything that a pull can find. */
async function seed(
  api: Caller,
): Promise<{ readonly id: string; readonly stream: string; readonly open: string }> {
  for (let n = 0; n < 20; n++) {
    const { id } = await createContext(api, { title: `Number ${n}` });
    if (n % 4 === 0) await act(api, id, 'archive');
  }
  const { id } = await createContext(api);
  await act(api, id, 'send_message', { content: '/echo One', model: 'scripted/fast' });
  await settled(api, id);
  for (let n = 0; n < 30; n++) await appendText(api, id, `Message ${n}`);
  const [first] = body(await api.get<{ messages: { id: string }[] }>(`/contexts/${id}/messages`)).messages;
  await fork(api, id, first?.id ?? '', 'Said otherwise');
  const stream = await beginStream(api, id);
  await appendDeltas(api, stream, ...Array<string>(300).fill('word '));
  await finalize(api, stream);
  for (const query of ['', '', '?purge=true'])
    body(await api.delete(`/contexts/${(await createContext(api)).id}${query}`), 204);
  const other = await createContext(api);
  const open = await beginStream(api, other.id);
  await appendDeltas(api, open, 'one', 'two');
  return { id, stream, open };
}

/** Every way to read attachments, of which there are some. */
async function attachmentPaths(api: Caller): Promise<readonly string[]> {
  const sent: string[] = [];
  for (let n = 0; n < 5; n++) sent.push((await upload(api, { bytes: `Number ${n}` })).id);
  const [last = ''] = sent;
  const { next_cursor } = body(await api.get<{ next_cursor: string }>('/attachments?limit=2'));
  return [
    `/attachments?limit=2&cursor=${next_cursor}`,
    `/attachments/${last}`,
    `/attachments/${last}/content`,
  ];
}

/** Every way to read system prompts, and to write one; a deletion alone may look through an owner's contexts. */
async function promptPaths(api: Caller): Promise<readonly string[]> {
  const path = '/system-prompts';
  for (let n = 0; n < 5; n++) {
    const { id } = body(await api.post<{ id: string }>(path, { name: `Number ${n}`, content: 'One' }), 201);
    body(await api.patch(`${path}/${id}`, { content: 'Two' }));
    if (n === 0) await createContext(api, { config: { system_prompt_id: id, system_prompt_version: 1 } });
    if (n === 1) body(await api.delete(`${path}/${id}`), 204);
  }
  type Page = { readonly next_cursor: string; readonly system_prompts: readonly { readonly id: string }[] };
  const { next_cursor, system_prompts } = body(await api.get<Page>(`${path}?limit=2`));
  const id = system_prompts[0]?.id;
  return [`${path}?limit=2&cursor=${next_cursor}`, `${path}/${id}`, `${path}/${id}/versions?limit=1`];
}

/** Every way there is to read. */
async function pullEverything(
  api: Caller,
  url: string,
  seeded: Awaited<ReturnType<typeof seed>>,
): Promise<void> {
  const { id, stream, open } = seeded;
  const { branches } = await getContext(api, id);
  const messages = `/contexts/${id}/messages`;
  const page = body(
    await api.get<{ messages: { id: string }[] }>(`${messages}?limit=100&branch=main`),
  ).messages;
  const [from, to] = [page[3]?.id, page[20]?.id];
  body(await api.put(`${messages}/${from}/pin`));
  const { next_cursor } = body(await api.get<{ next_cursor: string }>('/contexts?limit=5'));
  const attached = await attachmentPaths(api);
  for (const path of [
    '/contexts',
    `/contexts?limit=5&cursor=${next_cursor}`,
    '/contexts?archived=true',
    '/contexts?q=number',
    '/contexts?state=initial',
    `/contexts?state=initial&q=number&limit=2`,
    `/contexts/${id}/metadata`,
    `/contexts/${id}/state`,
    `${messages}?ids=${from},${to}`,
    `${messages}?branch=main&before=${to}&limit=5`,
    `${messages}?branch=main&after=${from}&limit=5`,
    ...branches.map((branch) => `${messages}?branch=${branch.id}`),
    `${messages}?changed_since=0&limit=5`,
    `${messages}/${from}`,
    `/contexts/${id}/prompt_preview`,
    `/contexts/${id}/prompt_preview?branch=main`,
    '/deleted-contexts?limit=1',
    '/search',
    `/search?q=message&role=user&kind=text&context_id=${id}&limit=5`,
    '/search?q=message&to=9998-01-01T00:00:00Z',
    '/audit?limit=1',
    '/usage',
    '/usage?group_by=day,model&from=2020-01-01&to=9998-01-01&limit=1',
    `/contexts/${id}/workflow-executions`,
    `/contexts/${id}/workflow-executions?limit=5&cursor=${encodeCursor([id])}`,
    ...attached,
    ...(await promptPaths(api)),
    '/health/ready',
  ])
    body(await api.get(path));
  await pullChunks(api, stream, '?after=17&limit=100');
  await pullChunks(api, open);
  for (const path of [`/contexts/${id}/events`, `/events?contexts=${id}`, '/events']) {
    const client = await SseStream.open(url + path);
    await client.nextSignal('snapshot');
    client.destroy();
  }
  await act(api, id, 'generate_title');
  await act(api, id, 'retry');
  await reaches(api, id, 'awaiting_user');
  await act(api, id, 'compress');
  await reaches(api, id, 'awaiting_user');
  body(await api.delete(`${messages}/${from}/pin`));
}

const tables = [
  'contexts',
  'branches',
  'messages',
  'open_streams',
  'chunks',
  'chunk_blocks',
  'compactions',
  'deleted_contexts',
  'workflow_executions',
  'pins',
  'search_terms',
  'search_documents',
  'search_backlog',
  'audit_log',
  'system_prompts',
  'system_prompt_versions',
  'attachments',
  'attachment_files',
  'usage',
];

/** What SQLite says of a step that reads a whole table, or sorts what no index has in order. */
const isSlowOnSqlite = (step: string): boolean =>
  (/^SCAN /.test(step) && !isOwnResult(step) && !isFullText(step)) || /TEMP B-TREE|AUTOMATIC/.test(step);
/** What an index of words finds (M), or what a number does (=); SQLite calls whatever a virtual table does a scan. */
const isFullText = (step: string): boolean => /^SCAN search_terms VIRTUAL TABLE INDEX \d+:.*[M=]/.test(step);
/** `line` is what a branch's chain has found so far, `pulled` the chunks of a page; a row without a table is one row. */
const isOwnResult = (step: string): boolean =>
  ['SCAN line', 'SCAN pulled', 'SCAN CONSTANT ROW'].includes(step);
/** What is summed up is what an index has found, put in the order that was asked for. */
const isSum = (sql: string): boolean => /^SELECT .* FROM usage\s+WHERE owner = \? .*GROUP BY/s.test(sql);
/** Looked through in whole, as it is little: what streams now, once in a while; a context's runs, for a retry. */
const isSmall = (sql: string): boolean =>
  /^(SELECT \* FROM|UPDATE) open_streams .*\bWHERE run_id IS NULL/.test(sql) ||
  sql.startsWith('SELECT * FROM runs WHERE context_id = ? AND message_id = ?');
const isSlowOnPostgres = (step: string): boolean => /Seq Scan/.test(step);

describe.each([
  ['sqlite', isSlowOnSqlite, /^SEARCH /],
  ['postgres', isSlowOnPostgres, /Index (Only )?Scan/],
] as const)('on %s', (dialect, isSlow, goesByIndex) => {
  let served: Served;
  const plans = new Map<string, readonly string[]>();

  beforeAll(async () => {
    served = await serve(dialect);
    const url = await served.app.getUrl();
    const api = caller({ url });
    const seeded = await seed(api);
    served.reads.isListening = true;
    await pullEverything(api, url, seeded);
    served.reads.isListening = false;
    for (const [sql, statement] of served.reads.statements) plans.set(sql, await served.explain(statement));
  });
  afterAll(() => served.close());

  it('every statement of a pull goes by an index alone', () => {
    const slow = [...plans].filter(([sql, plan]) => !isSum(sql) && plan.some(isSlow));
    expect(Object.fromEntries(slow)).toEqual({});
  });

  it('every statement of a unit does so too', async () => {
    const slow: Record<string, readonly string[]> = {};
    for (const [sql, statement] of served.units) {
      const plan = await served.explain(statement);
      if (plan.some(isSlow) && !isSmall(sql)) slow[sql] = plan;
    }
    expect(slow).toEqual({});
    expect(served.units.size).toBeGreaterThan(20);
  });

  it('the pulls that were looked at read every table that pulls read', () => {
    const statements = [...plans.keys()].join('\n');
    const unread = tables.filter((table) => !new RegExp(`(FROM|JOIN) ${table}\\b`).test(statements));
    expect(unread).toEqual([]);
    const indexed = [...plans].filter(([sql]) => /FROM/.test(sql) && !/WITH RECURSIVE/.test(sql));
    for (const [sql, plan] of indexed)
      expect({ sql, plan: plan.join('\n') }).toMatchObject({
        plan: expect.stringMatching(new RegExp(goesByIndex, 'm')) as string,
      });
  });

  it('a plan that is slow would be seen', async () => {
    const plan = await served.explain({
      sql: `SELECT data FROM messages WHERE role = ? ORDER BY created_at`,
      params: ['user'],
    });
    expect(plan.some(isSlow)).toBe(true);
  });

  it('the light view of a context and its chunks never read a body', () => {
    const light = [...plans.keys()].filter((sql) => /open_streams/.test(sql));
    expect(light.length).toBeGreaterThan(1);
    for (const sql of light) expect(sql).not.toMatch(/\bm\.data\b|\bm\.\*|SELECT \*/);
  });
});
