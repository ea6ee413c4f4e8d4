import { describe, expect, it } from 'vitest';
import { mcpPrefix } from './mcp-servers.js';
import { readSettings } from './read-settings.js';

const read = (servers: unknown) => readSettings({ PULLCORD_MCP_SERVERS: JSON.stringify(servers) }).mcpServers;

function refusal(servers: unknown): string {
  try {
    read(servers);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was refused';
}

describe('MCP servers', () => {
  it('are read from the environment as from the file, in the shape of desktop clients', () => {
    const servers = {
      files: { command: 'npx', args: ['-y', 'server', 7], env: { LEVEL: 3 }, cwd: '/srv', timeout_ms: 500 },
      web: { type: 'http', url: 'https://mcp.example/mcp', headers: { Authorization: 'Bearer x' } },
      off: { command: 'no', disabled: true, permissions: ['read', 'read'] },
    };
    const expected = {
      files: {
        transport: 'stdio',
        command: 'npx',
        args: ['-y', 'server', '7'],
        env: { LEVEL: '3' },
        cwd: '/srv',
        is_disabled: false,
        timeout_ms: 500,
      },
      web: {
        transport: 'http',
        url: 'https://mcp.example/mcp',
        headers: { Authorization: 'Bearer x' },
        is_disabled: false,
      },
      off: {
        transport: 'stdio',
        command: 'no',
        args: [],
        env: {},
        is_disabled: true,
        permissions: ['read'],
      },
    };
    expect(read(servers)).toEqual(expected);
    expect(read({ mcpServers: servers })).toEqual(expected);
    const yaml = `mcp:\n  servers: ${JSON.stringify(servers)}\n  max_tools: 3\n`;
    expect(readSettings({}, yaml)).toMatchObject({ mcpServers: expected, mcpMaxTools: 3 });
  });

  it.each([
    ['text', 'it must be a mapping'],
    [[{ command: 'a' }], 'it must be a mapping'],
    [{ a: 'npx' }, 'a must be a mapping'],
    [{ a: {} }, 'a must have either a command or a url'],
    [{ a: { command: 'hunter2', url: 'http://a' } }, 'a must have either a command or a url'],
    [{ a: { command: 'x', arg: ['hunter2'] } }, 'a has "arg", but may only have command, args, env, cwd,'],
    [{ a: { command: 'x', headers: { k: 'hunter2' } } }, 'a has "headers"'],
    [{ a: { command: ['hunter2'] } }, 'a.command must be the name of a program'],
    [{ a: { command: 'x', args: 'hunter2' } }, 'a.args must be a list'],
    [{ a: { command: 'x', args: [{ hunter2: 1 }] } }, 'a.args must be a list'],
    [{ a: { command: 'x', env: { KEY: ['hunter2'] } } }, 'a.env must be a mapping'],
    [{ a: { command: 'x', env: { 'K=Y': 'hunter2' } } }, 'a.env must be a mapping'],
    [{ a: { command: 'x', cwd: 'hunter2' } }, 'a.cwd must be the absolute path'],
    [{ a: { url: 'hunter2' } }, 'a.url must be a URL'],
    [{ a: { url: 'file:///hunter2' } }, 'a.url must be a URL'],
    [{ a: { url: 'https://me:hunter2@mcp.example' } }, 'a.url must not have a user or a password'],
    [{ a: { url: 'http://a', headers: { k: 'hunter2\r\nX: y' } } }, 'a.headers must have values'],
    [{ a: { url: 'http://a', headers: { 'k:': 'hunter2' } } }, 'a.headers must be a mapping'],
    [{ a: { url: 'http://a', type: 'sse' } }, 'a.type must be http or streamable-http'],
    [{ a: { command: 'x', timeout_ms: 0 } }, 'a.timeout_ms must be a whole number'],
    [{ a: { command: 'x', disabled: 'hunter2' } }, 'a.disabled must be true or false'],
    [{ a: { command: 'x', permissions: ['hunter2'] } }, 'a.permissions must be a list of some of read'],
    [{ a: { command: 'x', permissions: [] } }, 'a.permissions must be a list of some of read'],
    [{ 'a\n': { command: 'x' } }, 'the server name "a\\n" must be'],
    [{ '': { command: 'x' } }, 'the server name "" must be'],
    [{ 'a b': { command: 'x' }, 'a-b': { command: 'y' } }, 'tools of "a b" and "a-b" would have the same'],
  ])('%j are refused in one line that shows no value', (servers, line) => {
    const said = refusal(servers);
    expect(said).toMatch(/^PULLCORD_MCP_SERVERS is wrong: .*\.$/);
    expect(said).toContain(line);
    expect(said).not.toContain('hunter2');
  });

  it('are refused when they are not JSON, without quoting it', () => {
    expect(() => readSettings({ PULLCORD_MCP_SERVERS: '{"a": hunter2' })).toThrow(
      'PULLCORD_MCP_SERVERS is wrong: it is not valid JSON.',
    );
  });
});

it.each([
  ['files', 'files'],
  ['my files', 'my-files'],
  ['a__b', 'a_b'],
  ['a_', 'a-'],
  [`${'a'.repeat(31)}_b`, `${'a'.repeat(31)}-`],
])('the tools of %j begin with %j', (name, prefix) => {
  expect(mcpPrefix(name)).toBe(prefix);
});
