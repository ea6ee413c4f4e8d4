// MCP servers that others wrote, as processes of their own: through the routes, and through what models are given.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body, refused } from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { EverythingOverHttp, everything, filesystem, hostile, isAlive, openMcp } from '../support/mcp.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

interface ServerView {
  readonly name: string;
  readonly status: string;
  readonly tools_count: number;
  readonly last_error: string | null;
}
interface Tool {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly server_name: string | null;
  readonly timeout_ms: number;
}

const folder = mkdtempSync(join(tmpdir(), 'pullcord-mcp-'));
const shared = join(folder, 'shared');
const web = new EverythingOverHttp();
const never = new AbortController().signal;

beforeAll(async () => {
  mkdirSync(shared);
  writeFileSync(join(shared, 'leases.md'), 'A lease is a promise with a date on it.\n');
  await web.start();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the routes', () => {
  const pidFile = join(folder, 'pid');
  let server: TestServer;
  let api: Caller;

  beforeAll(async () => {
    const servers = {
      all: everything,
      files: { ...filesystem(shared), permissions: ['read'], timeout_ms: 12_345 },
      web: web.entry,
      off: { command: '/no/such/program', disabled: true },
      gone: { command: '/no/such/program', env: { KEY: 'hunter2hunter2' } },
      hostile: hostile('well', pidFile),
    };
    server = await startServer({ env: { PULLCORD_MCP_SERVERS: JSON.stringify(servers) } });
    api = caller(server);
  });

  const serversOf = async (): Promise<readonly ServerView[]> =>
    body(await api.get<{ servers: readonly ServerView[] }>('/mcp/servers')).servers;
  const statusOf = async (name: string): Promise<string | undefined> =>
    (await serversOf()).find((view) => view.name === name)?.status;

  it('start no server before it is needed', async () => {
    expect((await serversOf()).map(({ name, status }) => [name, status])).toEqual([
      ['all', 'idle'],
      ['files', 'idle'],
      ['web', 'idle'],
      ['off', 'disabled'],
      ['gone', 'idle'],
      ['hostile', 'idle'],
    ]);
  });

  it('list the tools of every server that is there, named after it', async () => {
    const tools = await until(
      async () => {
        const { tools } = body(await api.get<{ tools: readonly Tool[] }>('/tools'));
        const isThere = (name: string): boolean => tools.some(({ server_name }) => server_name === name);
        return ['all', 'files', 'web', 'hostile'].every(isThere) && tools;
      },
      { what: 'the tools of all servers' },
    );
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['current_time', 'all__echo', 'files__read_text_file', 'web__get-sum']),
    );
    expect(tools.filter(({ server_name }) => ['off', 'gone'].includes(server_name ?? ''))).toEqual([]);
    expect(tools.find(({ name }) => name === 'files__write_file')).toMatchObject({
      permissions: ['read'],
      timeout_ms: 12_345,
    });
    const offered = body(await api.get<{ tools: readonly Tool[] }>('/tools?role=planner')).tools;
    const names = offered.map(({ name }) => name);
    // It says of itself that it only reads; another says nothing, which counts as the worst.
    expect(names).toContain('all__get-structured-content');
    expect(names).not.toContain('hostile__echo');
  });

  it('say how each server is, and nothing that was told in confidence', async () => {
    const views = await serversOf();
    expect(views.find(({ name }) => name === 'files')).toEqual({
      name: 'files',
      transport: 'stdio',
      status: 'ready',
      tools_count: expect.any(Number) as number,
      tools_left_out: 0,
      last_error: null,
    });
    expect(views.find(({ name }) => name === 'web')).toMatchObject({ transport: 'http', status: 'ready' });
    expect(views.find(({ name }) => name === 'gone')).toMatchObject({
      tools_count: 0,
      last_error: 'could not be started (ENOENT)',
    });
    expect(JSON.stringify(views)).not.toContain('hunter2');
  });

  it.each(['all', 'web'])('list and read resources of %s', async (name) => {
    const { resources, templates, has_more } = body(
      await api.get<{
        resources: { uri: string }[];
        templates: { uri_template: string }[];
        has_more: boolean;
      }>(`/mcp/servers/${name}/resources`),
    );
    expect(resources.length).toBeGreaterThan(0);
    expect(templates.map(({ uri_template }) => uri_template)).toContain(
      'demo://resource/dynamic/text/{resourceId}',
    );
    expect(has_more).toBe(false);
    const read = (uri: string) => api.get(`/mcp/servers/${name}/resource?uri=${encodeURIComponent(uri)}`);
    expect(body(await read('demo://resource/dynamic/text/7'))).toEqual({
      content: expect.stringContaining('Resource 7') as string,
      mime_type: 'text/plain',
      encoding: 'utf8',
    });
    const blob = body(await read('demo://resource/dynamic/blob/7')) as { content: string; encoding: string };
    expect(blob.encoding).toBe('base64');
    expect(Buffer.from(blob.content, 'base64').toString()).toContain('Resource 7');
    expect(refused(await read('demo://nowhere'))).toBe('404 mcp_resource_not_found');
  });

  it('list and fill in prompts', async () => {
    const { prompts } = body(await api.get<{ prompts: object[] }>('/mcp/servers/all/prompts'));
    expect(prompts).toContainEqual({
      name: 'args-prompt',
      description: 'A prompt with two arguments, one required and one optional',
      arguments: [
        { name: 'city', description: 'Name of the city', is_required: true },
        { name: 'state', is_required: false },
      ],
    });
    const fill = (prompt: string, input: object) => api.post(`/mcp/servers/all/prompts/${prompt}`, input);
    expect(body(await fill('args-prompt', { arguments: { city: 'Ghent' } }))).toEqual({
      messages: [{ role: 'user', content: { type: 'text', text: "What's weather in Ghent?" } }],
    });
    expect(refused(await fill('args-prompt', {}))).toBe('422 mcp_refused');
    expect(refused(await fill('nobody', {}))).toBe('422 mcp_refused');
    expect(refused(await fill('args-prompt', { arguments: { city: 7 } }))).toBe('400 invalid_request');
  });

  it('of a server without resources and prompts are empty', async () => {
    expect(body(await api.get('/mcp/servers/files/resources'))).toEqual({
      resources: [],
      templates: [],
      has_more: false,
    });
    expect(body(await api.get('/mcp/servers/files/prompts'))).toEqual({ prompts: [], has_more: false });
  });

  it('refuse what is not there', async () => {
    const at = async (path: string): Promise<string> => refused(await api.get(`/mcp/servers/${path}`));
    expect(await at('nobody/resources')).toBe('404 mcp_server_not_found');
    expect(await at('__proto__/prompts')).toBe('404 mcp_server_not_found');
    expect(await at('off/prompts')).toBe('503 mcp_unavailable');
    expect(await at('gone/resource?uri=a')).toBe('503 mcp_unavailable');
    expect(await at('all/resource')).toBe('400 invalid_request');
  });

  it('leave nothing behind when the server goes', async () => {
    expect(await statusOf('hostile')).toBe('ready');
    const children = await childrenOf(server.pid);
    expect(children.length).toBeGreaterThanOrEqual(3);
    await server.stop();
    expect(children.filter(isAlive)).toEqual([]);
  });
});

/** The processes that this one has started, as the operating system has it. */
async function childrenOf(pid: number): Promise<number[]> {
  const { readFileSync, readdirSync } = await import('node:fs');
  const parentOf = (child: string): number => {
    try {
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${child}/stat`, 'utf8'))?.[1]);
    } catch {
      return 0;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

describe.each(['stdio', 'http'])('a call over %s', (transport) => {
  const open = () => openMcp({ all: transport === 'stdio' ? everything : web.entry });

  it('of a tool that answers text gives that text', async () => {
    expect(await open().call('all', 'echo', { message: 'Hello' })).toEqual({
      result: 'Echo: Hello',
      is_error: false,
    });
  });

  it('of a tool that answers structured content gives that, and not the same as text again', async () => {
    expect(await open().call('all', 'get-structured-content', { location: 'Chicago' })).toEqual({
      result: {
        structured_content: { temperature: 36, conditions: expect.any(String) as string, humidity: 82 },
      },
      is_error: false,
    });
  });

  it('of a tool that answers an image gives its type and size', async () => {
    const { result } = await open().call('all', 'get-tiny-image');
    const { content } = result as { content: { type: string; size?: number; data?: string }[] };
    expect(content.map(({ type }) => type)).toEqual(['text', 'image', 'text']);
    expect(content[1]).toMatchObject({ mime_type: 'image/png', size: expect.any(Number) as number });
    expect(Buffer.from(content[1]?.data ?? '', 'base64')).toHaveLength(content[1]?.size ?? -1);
  });

  it('with wrong arguments, or of no tool, is an error of the tool', async () => {
    expect(await open().call('all', 'get-sum', { a: 'x' })).toMatchObject({ is_error: true });
    expect(await open().call('all', 'nobody')).toMatchObject({ is_error: true });
  });

  it('that is cancelled ends at once, and the server goes on', async () => {
    const mcp = open();
    await mcp.names();
    const cancel = new AbortController();
    const call = mcp.call(
      'all',
      'trigger-long-running-operation',
      { duration: 600, steps: 600 },
      { abort: cancel.signal },
    );
    cancel.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(await mcp.call('all', 'echo', { message: 'still' })).toMatchObject({ result: 'Echo: still' });
  });

  it('that takes too long ends in time', async () => {
    const mcp = open();
    await mcp.names();
    const args = { duration: 600, steps: 600 };
    await expect(
      mcp.call('all', 'trigger-long-running-operation', args, { timeoutMs: 200 }),
    ).rejects.toMatchObject({ code: 'timeout' });
    expect(mcp.state('all').status).toBe('ready');
  });
});

it('a server that cannot be called but as a task has that tool left out', async () => {
  expect(await openMcp({ all: everything }).names()).not.toContain('all__simulate-research-query');
});

it('a file is read through a server of files, and none outside its folder', async () => {
  const mcp = openMcp({ files: filesystem(shared) });
  const read = (path: string) => mcp.call('files', 'read_text_file', { path });
  expect(await read(join(shared, 'leases.md'))).toMatchObject({
    result: { structured_content: { content: 'A lease is a promise with a date on it.\n' } },
  });
  expect(await read('/etc/passwd')).toMatchObject({ is_error: true });
});

it('a server over HTTP that was restarted is greeted anew, and the call is made all the same', async () => {
  const mcp = openMcp({ all: web.entry });
  await mcp.call('all', 'echo', { message: 'one' });
  await web.stop();
  await web.start();
  expect(await mcp.call('all', 'echo', { message: 'two' })).toMatchObject({ result: 'Echo: two' });
});

it('a server over HTTP that goes away fails the calls that it was at', async () => {
  const mcp = openMcp({ all: web.entry });
  await mcp.names();
  const call = mcp.call('all', 'trigger-long-running-operation', { duration: 600, steps: 600 });
  // It is at it by now, for it answers in order.
  await mcp.call('all', 'echo', { message: 'one' });
  const failed = expect(call).rejects.toMatchObject({ code: 'mcp_unavailable' });
  await web.stop();
  await failed;
  await expect(mcp.resources.list('all', never)).rejects.toMatchObject({ code: 'mcp_unavailable' });
  await web.start();
});
