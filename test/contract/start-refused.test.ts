// What stops the start: one line that an operator can act on, exit code 1, and nothing is touched.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freshDatabase } from '../support/databases.js';
import { startServer, TestServer } from '../support/server.js';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-refused-'));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

let folder = '';
let data = '';
let file = '';
beforeEach(() => {
  folder = newFolder();
  data = join(folder, 'data');
  file = join(data, 'pullcord.db');
  mkdirSync(data);
});

const newServer = (env: Readonly<Record<string, string>> = {}): TestServer =>
  new TestServer(folder, { PORT: '0', PULLCORD_DATA_DIR: data, ...env }, [process.execPath]);

/** Starts it and gives the one line that it must have said before it ended. */
async function refusal(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const server = newServer(env);
  await expect(server.start()).rejects.toThrow('the server did not start');
  expect(await server.hasEnded()).toEqual({ code: 1, signal: null });
  // Nothing else: no stack in the log either.
  expect(server.logs.filter(({ level, raw }) => raw !== undefined || level !== 'info')).toEqual([]);
  const [line = '', ...rest] = server.stderr.split('\n');
  expect(rest).toEqual(['']);
  expect(line).toMatch(/\w .*\.$/);
  return line;
}

/**
 * Every file of the data folder, with a digest of its bytes; but the lock, and the companions that SQLite makes for
 * whoever reads a database with a write-ahead log: in them is nothing.
 */
function digests(): Record<string, string> {
  const names = readdirSync(data).filter((name) => !/\.lock$|-shm$/.test(name));
  const found = names.map((name): [string, string] => [name, digest(join(data, name))]);
  return Object.fromEntries(found.filter(([name, content]) => !(name.endsWith('-wal') && content === empty)));
}
const digest = (path: string): string =>
  statSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
const empty = createHash('sha256').digest('hex');

async function expectUntouched(env?: Readonly<Record<string, string>>): Promise<string> {
  const before = digests();
  const line = await refusal(env);
  expect(digests()).toEqual(before);
  return line;
}

describe('a file that is not ours', () => {
  const makeForeign = (...statements: readonly string[]): void => {
    const db = new Sqlite(file);
    for (const statement of statements) db.exec(statement);
    db.close();
  };

  it.each(['DELETE', 'WAL'])('another program’s SQLite database in journal mode %s', async (mode) => {
    makeForeign(
      `PRAGMA journal_mode = ${mode}`,
      `CREATE TABLE places (url text)`,
      `INSERT INTO places VALUES ('x')`,
    );
    expect(await expectUntouched()).toBe(
      `The database ${file} belongs to another program; it was left as it is.`,
    );
  });

  it('another program’s SQLite database that has no table yet', async () => {
    makeForeign(`PRAGMA application_id = 1196444487`, `PRAGMA user_version = 3`);
    expect(await expectUntouched()).toBe(
      `The database ${file} belongs to another program; it was left as it is.`,
    );
  });

  it('a text file', async () => {
    writeFileSync(file, 'Dear diary,\nthis is no database.\n');
    expect(await expectUntouched()).toBe(`The file ${file} is not a SQLite database; it was left as it is.`);
  });

  it('a folder', async () => {
    mkdirSync(file);
    expect(await expectUntouched()).toContain(file);
  });
});

describe('a file of ours', () => {
  let ours = '';
  beforeAll(async () => {
    ours = newFolder();
    const server = await startServer({ dialect: 'sqlite', env: { PULLCORD_DATA_DIR: ours } });
    for (let n = 0; n < 300; n++)
      await fetch(`${server.url}/contexts`, {
        method: 'POST',
        body: JSON.stringify({ title: `Number ${n}` }),
        headers: { 'content-type': 'application/json' },
      });
    await server.stop();
  });
  beforeEach(() => cpSync(join(ours, 'pullcord.db'), file));

  const overwrite = (from: number, length: number): void => {
    const content = readFileSync(file);
    content.fill(0xa5, from, from + length);
    writeFileSync(file, content);
  };

  it('starts when nothing is wrong with it', async () => {
    const server = newServer();
    await server.start();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('whose first page is garbage behind the header', async () => {
    overwrite(100, 3996);
    expect(await expectUntouched()).toMatch(/cannot be read: .*malformed.* It was left as it is\.$/);
  });

  it('whose header is garbage', async () => {
    overwrite(16, 84);
    expect(await expectUntouched()).toMatch(/cannot be read: .* It was left as it is\.$/);
  });

  it('whose second half is gone', async () => {
    truncateSync(file, Math.floor(statSync(file).size / 2));
    expect(await expectUntouched()).toMatch(/cannot be read: .* It was left as it is\.$/);
  });

  it('whose pages are garbage in the middle', async () => {
    overwrite(4096 * 4, statSync(file).size - 4096 * 6);
    expect(await expectUntouched()).toMatch(/cannot be read: .* It was left as it is\.$/);
  });

  it('that a newer version wrote', async () => {
    const db = new Sqlite(file);
    db.exec(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Future9999999999999')`);
    db.close();
    expect(await expectUntouched()).toBe(
      'The database was written by a newer version (migration Future9999999999999 is unknown here).',
    );
  });

  it('that another process serves', async () => {
    const first = newServer();
    await first.start();
    expect(await refusal()).toBe(`The data folder ${data} is in use by another Pullcord process.`);
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
    await first.kill();
    await first.start();
    expect(await first.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('a data folder', () => {
  it('that is a file', async () => {
    const path = join(folder, 'occupied');
    writeFileSync(path, '');
    expect(await refusal({ PULLCORD_DATA_DIR: path })).toBe(
      `The data folder ${path} cannot be used (EEXIST).`,
    );
  });

  it('below a file', async () => {
    writeFileSync(join(folder, 'occupied'), '');
    const path = join(folder, 'occupied', 'data');
    expect(await refusal({ PULLCORD_DATA_DIR: path })).toBe(
      `The data folder ${path} cannot be used (ENOTDIR).`,
    );
  });

  it('whose lock cannot be made', async () => {
    mkdirSync(join(data, 'pullcord.lock'));
    expect(await refusal()).toMatch(/^The data folder .* cannot be used \(SQLITE_CANTOPEN/);
  });
});

describe('a PostgreSQL', () => {
  it.each(['127.0.0.1', 'localhost'])('that does not answer at %s', async (host) => {
    const url = `postgres://ada:sesame@${host}:9/pullcord`;
    const line = await refusal({ DATABASE_URL: url });
    expect(line).toMatch(/^PostgreSQL at DATABASE_URL cannot be reached: .*ECONNREFUSED.*\.$/);
    expect(line).not.toContain('sesame');
  });

  it('without that database', async () => {
    const url = new URL(inject('postgresUrl'));
    url.pathname = 'nowhere';
    expect(await refusal({ DATABASE_URL: url.href })).toBe(
      'PostgreSQL at DATABASE_URL cannot be reached: database "nowhere" does not exist.',
    );
  });

  it('whose schema a newer version wrote', async () => {
    const database = await freshDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`CREATE TABLE migrations (id serial PRIMARY KEY, timestamp bigint, name text)`);
    await client.query(
      `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Future9999999999999')`,
    );
    expect(await refusal({ DATABASE_URL: database.url })).toBe(
      'The database was written by a newer version (migration Future9999999999999 is unknown here).',
    );
    const tables = await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    expect(tables.rows).toEqual([{ tablename: 'migrations' }]);
    await client.end();
    await database.drop();
  });
});

describe('a port', () => {
  it('that another program listens on', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await refusal({ PORT: String(port) })).toBe(
      `Nothing can listen on port ${port} of 127.0.0.1 (EADDRINUSE).`,
    );
    other.close();
  });
});

describe('settings', () => {
  it.each<readonly [Record<string, string>, string]>([
    [
      { PULLCORD_HARTBEAT_MS: '1' },
      'PULLCORD_HARTBEAT_MS is not a setting; docs/reference/settings.md lists them all.',
    ],
    [{ PORT: '99999' }, 'PORT must be a whole number from 0 to 65535, but is "99999".'],
    [
      { HOST: '0.0.0.0' },
      'HOST is "0.0.0.0", which others can reach: set PULLCORD_TOKENS, or use 127.0.0.1.',
    ],
    [{ PULLCORD_CONFIG: 'gone.yaml' }, 'The configuration file gone.yaml cannot be read (ENOENT).'],
  ])('%j', async (env, line) => {
    expect(await refusal(env)).toBe(line);
    expect(digests()).toEqual({});
  });

  it('that are secret are not shown', async () => {
    const line = await refusal({ DATABASE_URL: 'mysql://ada:sesame@db/pullcord', PULLCORD_TOKENS: '' });
    expect(line).toMatch(/^DATABASE_URL must be /);
    expect(line).not.toContain('sesame');
  });

  it('in a file that is no YAML', async () => {
    writeFileSync(join(folder, 'pullcord.config.yaml'), 'port: [1\n');
    expect(await refusal()).toMatch(/pullcord\.config\.yaml/);
  });
});
