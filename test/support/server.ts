// The real server as its own process. Whatever happens in a test, none is left behind: each is known by its
// child process, and all are killed when the test file ends, when its worker exits, and when it is told to.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { dialect as suiteDialect, freshDatabase, type Dialect } from './databases.js';
import { until } from './until.js';

export interface ServerOptions {
  /** Settings of this server by their environment names. */
  readonly env?: Readonly<Record<string, string>>;
  /** What to run on; by default what the suite runs on. */
  readonly dialect?: Dialect;
  /** More arguments of Node, before the program: `--expose-gc`, `--max-old-space-size=…`. */
  readonly nodeArgs?: readonly string[];
  /** A command that makes way for the server: its last arguments are the server's command line. */
  readonly wrapper?: (folder: string) => readonly string[];
  /** A temporary folder to work in, which is removed in the end; by default a new one. */
  readonly folder?: string;
}

/** A line of the server's log; `raw` when it was not JSON. */
export interface LogLine {
  readonly level?: string;
  readonly msg?: string;
  readonly raw?: string;
  readonly [field: string]: unknown;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const running = new Set<ChildProcess>();
const folders: string[] = [];
const databases: { drop(): Promise<void> }[] = [];

const killRunning = (): void => running.forEach((child) => child.kill('SIGKILL'));

function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

process.once('exit', () => {
  killRunning();
  removeFolders();
});
// A worker that hangs is told to end; one whose test run was killed loses its channel to it. Not with process.exit,
// which Vitest keeps a worker from calling; and a worker that has lost its run also survives a SIGTERM.
for (const [end, signal] of [
  ['SIGTERM', 'SIGTERM'],
  ['disconnect', 'SIGKILL'],
] as const)
  process.once(end, () => {
    killRunning();
    removeFolders();
    process.kill(process.pid, signal);
  });
// Registered before any hook of the test file, hence run after all of them.
afterAll(async () => {
  killRunning();
  await until(() => running.size === 0, { what: 'the killed servers to end' });
  removeFolders();
  for (const database of databases.splice(0)) await database.drop();
});

/** Starts a server with a data folder (and, on PostgreSQL, a database) of its own, and waits until it listens. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'pullcord-test-'));
  folders.push(folder);
  const env: Record<string, string> = {
    PORT: '0',
    PULLCORD_DATA_DIR: join(folder, 'data'),
    PULLCORD_STRICT_UNITS: 'true',
    PULLCORD_LOG_LEVEL: 'info',
    // A call to the model that a test has not asked for would take the answer that was meant for another.
    PULLCORD_AUTO_TITLES: 'false',
    // A provider that one test has made to fail is the next one's to ask.
    PULLCORD_BREAKER_FAILURES: '0',
  };
  if ((options.dialect ?? suiteDialect) === 'postgres') {
    const database = await freshDatabase();
    databases.push(database);
    env.DATABASE_URL = database.url;
  }
  const command = [...(options.wrapper?.(folder) ?? []), process.execPath, ...(options.nodeArgs ?? [])];
  const server = new TestServer(folder, { ...env, ...options.env }, command);
  await server.start();
  return server;
}

export class TestServer {
  /** Where it listens; another port after each restart. */
  url = '';
  /** All lines of the log, those before a restart too. */
  readonly logs: LogLine[] = [];
  /** What was written to stderr: nothing, when all is well. */
  stderr = '';
  private child?: ChildProcess;
  private ended?: Promise<Ended>;

  constructor(
    /** The working folder; `data` in it is the data folder. */
    readonly folder: string,
    readonly env: Record<string, string>,
    /** What runs the program: Node, with its arguments. */
    private readonly command: readonly string[],
    /** The program, by default the one that was built here. */
    private readonly served = program,
  ) {}

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get databaseFile(): string {
    return join(this.folder, 'data', 'pullcord.db');
  }

  /** Starts it, and waits for the log line that says where it listens. */
  async start(): Promise<void> {
    const linesBefore = this.logs.length;
    const child = this.spawn();
    const ended = this.ended;
    const line = await until(
      () =>
        this.logs.slice(linesBefore).find(({ msg }) => msg === 'listening') ??
        (child.exitCode === null && child.signalCode === null ? undefined : 'ended'),
      { what: 'the server to listen', deadlineMs: 60_000 },
    );
    if (line === 'ended') {
      await ended;
      throw new Error(`the server did not start:\n${this.stderr}${this.logText(linesBefore)}`);
    }
    this.url = String(line.url);
  }

  /** SIGTERM: the graceful way. Fails when the server takes too long to go. */
  async stop(deadlineMs = 30_000): Promise<Ended> {
    this.signal('SIGTERM');
    await until(() => !this.isRunning(), { what: 'the server to end after SIGTERM', deadlineMs });
    return this.hasEnded();
  }

  /** SIGKILL: the power cut. */
  async kill(): Promise<Ended> {
    this.signal('SIGKILL');
    return this.hasEnded();
  }

  /** Kills it and starts it again on the same data; `more` are settings that change with it. */
  async restart(more: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.isRunning()) await this.kill();
    Object.assign(this.env, more);
    await this.start();
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** Waits for its end, of whatever cause, until all it printed was read. */
  async hasEnded(): Promise<Ended> {
    if (!this.ended) throw new Error('the server was never started');
    return this.ended;
  }

  private logText(from: number): string {
    return this.logs
      .slice(from)
      .map((line) => line.raw ?? JSON.stringify(line))
      .join('\n');
  }

  private spawn(): ChildProcess {
    // Not the environment of whoever runs the tests: a key in it would change what is tested.
    const { PATH = '', HOME = '', TMPDIR = tmpdir() } = process.env;
    const [command = '', ...args] = this.command;
    const child = spawn(command, [...args, this.served], {
      cwd: this.folder,
      env: { PATH, HOME, TMPDIR, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.on('exit', () => running.delete(child));
    createInterface(child.stdout).on('line', (line) => this.logs.push(parse(line)));
    child.stderr.on('data', (bytes: Buffer) => (this.stderr += bytes.toString()));
    this.ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
    this.child = child;
    return child;
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { raw: line };
  }
}
