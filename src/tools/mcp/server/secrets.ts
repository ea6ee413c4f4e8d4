import type { McpServerSettings } from '../../../config/mcp-servers.js';

/** Shorter ones are words that occur anyhow. */
const shortest = 6;

/** Takes what a server was given in confidence out of what is said of it, and keeps it to one short line. */
export function secretsIn(server: McpServerSettings): (text: string) => string {
  const given = Object.values(server.transport === 'stdio' ? server.env : server.headers);
  const query = server.transport === 'http' ? [...new URL(server.url).searchParams.values()] : [];
  const words = given.flatMap((value) => [value, ...value.split(/\s+/)]);
  // The longest first, for one may be a part of another.
  const secrets = [...new Set([...words, ...query])]
    .filter(({ length }) => length >= shortest)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((line, secret) => line.replaceAll(secret, '[hidden]'), text);
}
