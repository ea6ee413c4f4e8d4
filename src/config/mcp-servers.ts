import { isAbsolute } from 'node:path';
import {
  headersOf,
  isPlain,
  isText,
  mapping,
  objectFrom,
  objectOf,
  quote,
  refuseOtherFields,
  textsOf,
  Wrong,
} from './mapping.js';

const permissions = ['read', 'write', 'execute', 'network'] as const;

interface EveryMcpServer {
  /** How long one request may take; undefined for the default of tools. */
  readonly timeout_ms?: number;
  readonly is_disabled: boolean;
  /** What its tools may do, whatever it says of them itself. */
  readonly permissions?: readonly (typeof permissions)[number][];
}

export interface StdioMcpServer extends EveryMcpServer {
  readonly transport: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  /** Added to what every program needs. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface HttpMcpServer extends EveryMcpServer {
  readonly transport: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type McpServerSettings = StdioMcpServer | HttpMcpServer;
export type McpServerMap = Readonly<Record<string, McpServerSettings>>;

/** The servers, in the shape that desktop MCP clients have in their files; in the environment it is JSON. */
export const mcpServers = mapping<McpServerMap>(
  'a mapping of names to {command, args, env, cwd} or {url, headers}, as desktop MCP clients have it',
  readServers,
);

const maxServers = 100;

function readServers(raw: unknown): McpServerMap {
  const given = objectFrom(raw);
  // The files of desktop clients have the servers one level down.
  const isWrapped = Object.keys(given).join() === 'mcpServers';
  const servers = Object.entries(isWrapped ? objectOf(given.mcpServers, 'mcpServers') : given);
  if (servers.length > maxServers) throw new Wrong(`there are more than ${maxServers} servers`);
  const prefixes = new Map<string, string>();
  for (const [name] of servers) {
    if (!/^[A-Za-z0-9@][\w .@/-]{0,63}$/.test(name))
      throw new Wrong(
        `the server name ${quote(name)} must be 1 to 64 letters, digits, spaces and . _ @ / -, a letter or digit first`,
      );
    const prefix = mcpPrefix(name);
    const other = prefixes.get(prefix);
    if (other !== undefined)
      throw new Wrong(`the tools of ${quote(other)} and ${quote(name)} would have the same names`);
    prefixes.set(prefix, name);
  }
  return Object.fromEntries(servers.map(([name, server]) => [name, readServer(server, name)]));
}

/** What the names of a server's tools begin with, before `__`: no longer than 32, and without `__` itself. */
export function mcpPrefix(serverName: string): string {
  const legal = serverName
    .replace(/[^\w-]/g, '-')
    .replace(/_+/g, '_')
    .slice(0, 32);
  return legal.replace(/_$/, '-');
}

const stdioFields = ['command', 'args', 'env', 'cwd'];
const httpFields = ['url', 'headers'];
const otherFields = ['type', 'timeout_ms', 'disabled', 'permissions'];

function readServer(raw: unknown, name: string): McpServerSettings {
  const given = objectOf(raw, name);
  if ((given.command === undefined) === (given.url === undefined))
    throw new Wrong(`${name} must have either a command or a url`);
  const isStdio = given.url === undefined;
  const known = [...(isStdio ? stdioFields : httpFields), ...otherFields];
  refuseOtherFields(given, known, name);
  refuseOtherType(given.type, isStdio ? ['stdio'] : ['http', 'streamable-http', 'streamableHttp'], name);
  const every = readEvery(given, name);
  return isStdio ? { ...readStdio(given, name), ...every } : { ...readHttp(given, name), ...every };
}

function refuseOtherType(type: unknown, allowed: readonly string[], name: string): void {
  if (type !== undefined && !allowed.some((one) => one === type))
    throw new Wrong(`${name}.type must be ${allowed.join(' or ')} here, or not be there`);
}

function readEvery(given: Readonly<Record<string, unknown>>, name: string): EveryMcpServer {
  const { timeout_ms, disabled = false, permissions: allowed } = given;
  if (typeof disabled !== 'boolean') throw new Wrong(`${name}.disabled must be true or false`);
  const isTime = typeof timeout_ms === 'number' && Number.isInteger(timeout_ms) && timeout_ms > 0;
  if (timeout_ms !== undefined && !(isTime && timeout_ms <= 2_147_483_647))
    throw new Wrong(`${name}.timeout_ms must be a whole number of milliseconds from 1 to 2147483647`);
  return {
    is_disabled: disabled,
    ...(isTime && { timeout_ms }),
    ...(allowed !== undefined && { permissions: permissionsOf(allowed, name) }),
  };
}

function permissionsOf(raw: unknown, name: string): (typeof permissions)[number][] {
  const items: readonly unknown[] = Array.isArray(raw) ? raw : [];
  const read = items.map((item) => permissions.find((permission) => permission === item));
  const known = read.filter((permission) => permission !== undefined);
  if (known.length === 0 || known.length < read.length)
    throw new Wrong(`${name}.permissions must be a list of some of ${permissions.join(', ')}`);
  return [...new Set(known)];
}

function readStdio({ command, args = [], env = {}, cwd }: Readonly<Record<string, unknown>>, name: string) {
  if (!isPlain(command) || command === '') throw new Wrong(`${name}.command must be the name of a program`);
  if (!Array.isArray(args) || args.length > 1000 || !args.every((arg) => isText(arg)))
    throw new Wrong(`${name}.args must be a list of at most 1000 texts`);
  if (cwd !== undefined && !(isPlain(cwd) && isAbsolute(cwd)))
    throw new Wrong(`${name}.cwd must be the absolute path of a folder`);
  return {
    transport: 'stdio' as const,
    command,
    args: args.map(String),
    env: textsOf(env, `${name}.env`, /^[^=\0]+$/),
    ...(cwd !== undefined && { cwd }),
  };
}

function readHttp({ url, headers = {} }: Readonly<Record<string, unknown>>, name: string) {
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Wrong(`${name}.url must be a URL that starts with http:// or https://`);
  const { username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw new Wrong(`${name}.url must not have a user or a password in it; a header can say who is calling`);
  return { transport: 'http' as const, url, headers: headersOf(headers, `${name}.headers`) };
}
