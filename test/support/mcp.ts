// MCP servers as processes, and our side of them without a server around it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach } from 'vitest';
import { readSettings } from '../../src/config/read-settings.js';
import { McpPrompts } from '../../src/tools/mcp/mcp-prompts.js';
import { McpResources } from '../../src/tools/mcp/mcp-resources.js';
import { McpServers } from '../../src/tools/mcp/mcp-servers.js';
import { McpTools } from '../../src/tools/mcp/mcp-tools.js';
import type { ToolOutput } from '../../src/tools/tool-source.js';
import { until } from './until.js';

const require = createRequire(import.meta.url);
const program = (name: string): string => require.resolve(`@modelcontextprotocol/${name}/dist/index.js`);
const script = fileURLToPath(new URL('hostile-mcp-server.mjs', import.meta.url));

export interface ServerEntry {
  readonly [field: string]: unknown;
}

/** Server that shows all that MCP has. */
export const everything: ServerEntry = { command: process.execPath, args: [program('server-everything')] };

/** A server that shows one folder. */
export const filesystem = (folder: string): ServerEntry => ({
  command: process.execPath,
  args: [program('server-filesystem'), folder],
});

/** A server that misbehaves: see hostile-mcp-server.mjs for the modes. With a file, its pid is written there. */
export const hostile = (mode = 'well', pidFile?: string): ServerEntry => ({
  command: process.execPath,
  args: [script, mode, ...(pidFile ? [pidFile] : [])],
});

Logger.overrideLogger(false);

const opened: Mcp[] = [];

afterEach(async () => {
  for (const mcp of opened.splice(0)) await mcp.close();
});

/** Our side of these servers; closed after the test. `env` are settings by their environment names. */
export function openMcp(
  servers: Readonly<Record<string, ServerEntry>>,
  env: Readonly<Record<string, string>> = {},
): Mcp {
  const mcp = new Mcp(servers, env);
  opened.push(mcp);
  return mcp;
}

const never = new AbortController().signal;

export class Mcp {
  readonly servers: McpServers;
  readonly tools: McpTools;
  readonly resources: McpResources;
  readonly prompts: McpPrompts;

  constructor(servers: Readonly<Record<string, ServerEntry>>, env: Readonly<Record<string, string>>) {
    const settings = readSettings({ ...env, PULLCORD_MCP_SERVERS: JSON.stringify(servers) });
    this.servers = new McpServers(settings);
    this.tools = new McpTools(this.servers, settings);
    this.resources = new McpResources(this.servers, settings);
    this.prompts = new McpPrompts(this.servers, settings);
  }

  async names(): Promise<string[]> {
    return (await this.tools.list()).map(({ name }) => name);
  }

  /** Calls a tool of a server by its own name, listed or not. */
  call(
    server: string,
    tool: string,
    args: Record<string, unknown> = {},
    { abort = never, timeoutMs = 30_000 }: { abort?: AbortSignal; timeoutMs?: number } = {},
  ): Promise<ToolOutput> {
    const definition = {
      name: `${server}__${tool}`,
      description: '',
      parameters: {},
      permissions: [],
      timeout_ms: timeoutMs,
      is_parallel: false,
      on_cancel: 'kill',
      source: 'mcp',
      server_name: server,
      original_name: tool,
    } as const;
    return this.tools.call(definition, args, { context_id: 'none' }, abort);
  }

  state(server: string) {
    return this.servers.get(server).state;
  }

  async reaches(server: string, status: string): Promise<void> {
    await until(() => this.state(server).status === status, { what: `${server} to be ${status}` });
  }

  close(): Promise<void> {
    return this.servers.onApplicationShutdown();
  }
}

/** Whether a process of this id is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

/** The same server over streamable HTTP, as a process of its own; `stop` ends it, `start` begins it anew. */
export class EverythingOverHttp {
  port = 0;
  private child?: ChildProcess;

  get entry(): ServerEntry {
    return { url: `http://127.0.0.1:${this.port}/mcp` };
  }

  async start(): Promise<void> {
    this.port ||= await freePort();
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [program('server-everything'), 'streamableHttp'], {
      env: { PATH, PORT: String(this.port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    let said = '';
    child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
    await until(() => said.includes('listening'), { what: 'the MCP server to listen' });
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
