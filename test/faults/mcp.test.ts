import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hostile, isAlive, openMcp, type Mcp } from '../support/mcp.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'pullcord-mcp-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newFile = (): string => join(folder, `pid-${(files += 1)}`);
const pidIn = (file: string): Promise<number> =>
  until(
    () => {
      try {
        return Number(readFileSync(file, 'utf8'));
      } catch {
        return 0;
      }
    },
    { what: `a pid in ${file}` },
  );

/** The well-behaved neighbour answers, whatever happens beside it. */
const neighbourAnswers = async (mcp: Mcp): Promise<void> => {
  expect(await mcp.call('good', 'echo', { a: 1 })).toEqual({ result: '{"a":1}', is_error: false });
};

describe('a server that misbehaves in a call', () => {
  it.each([
    ['crash', 'ended with exit code 7'],
    ['crash_silently', 'was ended by SIGKILL'],
    ['huge', 'sent a message of more than 4194304 bytes'],
    ['hundred_megabytes', 'sent a message of more than 4194304 bytes'],
    ['flood', 'sends too many messages'],
    ['close_stdout', 'has closed its output'],
  ])('by %s fails that call with what it did, and is there again for the next', async (tool, reason) => {
    const mcp = openMcp({ bad: hostile(), good: hostile() }, { PULLCORD_MCP_RETRY_BASE_MS: '50' });
    await neighbourAnswers(mcp);
    const before = process.memoryUsage().rss;
    await expect(mcp.call('bad', tool)).rejects.toMatchObject({
      code: 'mcp_unavailable',
      message: `The MCP server bad is not available: it ${reason}.`,
    });
    expect(mcp.state('bad')).toMatchObject({ status: 'backing_off', last_error: reason });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    await neighbourAnswers(mcp);
    expect(mcp.state('good')).toMatchObject({ status: 'ready', last_error: undefined });
    // Its tools stay on offer while it is only waited for.
    expect(await mcp.names()).toContain('bad__echo');
    expect(await mcp.call('bad', 'echo')).toMatchObject({ result: '{}' });
  });

  it('by hanging takes no longer than the call may, and others of the same server are answered', async () => {
    const mcp = openMcp({ bad: hostile() });
    await mcp.call('bad', 'echo');
    const hanging = mcp.call('bad', 'hang', {}, { timeoutMs: 300 });
    expect(await mcp.call('bad', 'echo')).toMatchObject({ result: '{}' });
    await expect(hanging).rejects.toMatchObject({ code: 'timeout' });
    expect(mcp.state('bad').status).toBe('ready');
    expect(await mcp.call('bad', 'cancelled')).toMatchObject({
      result: expect.stringMatching(/^\[\d\]$/) as string,
    });
  });

  it('is told of a cancel, and the caller does not wait for it', async () => {
    const mcp = openMcp({ bad: hostile() });
    await mcp.call('bad', 'echo');
    const cancel = new AbortController();
    const hanging = mcp.call('bad', 'hang', {}, { abort: cancel.signal });
    const reason = new Error('enough');
    cancel.abort(reason);
    await expect(hanging).rejects.toBe(reason);
    await expect(mcp.call('bad', 'hang', {}, { abort: cancel.signal })).rejects.toBe(reason);
  });

  it('by filling stderr changes nothing', async () => {
    const mcp = openMcp({ bad: hostile() });
    expect(await mcp.call('bad', 'flood_stderr')).toMatchObject({ result: 'done' });
  });

  it('by answering nonsense spoils that answer only', async () => {
    const mcp = openMcp({ bad: hostile() });
    expect(await mcp.call('bad', 'nonsense')).toEqual({ result: '', is_error: false });
    expect(await mcp.call('bad', 'fail')).toEqual({ result: 'it went wrong', is_error: true });
    await expect(mcp.call('bad', 'no such tool')).rejects.toMatchObject({ code: 'mcp_refused' });
    expect(mcp.state('bad').status).toBe('ready');
  });

  it('does not get what it was told in confidence into an error', async () => {
    const bad = { ...hostile(), env: { SECRET: 'hunter2hunter2' } };
    const refusal = await openMcp({ bad })
      .call('bad', 'refuse')
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'mcp_refused',
      message: 'I do not like [hidden]',
      details: { code: -32603 },
    });
  });

  it('has at most so many calls at once, and at most so many that wait', async () => {
    const mcp = openMcp(
      { bad: hostile() },
      { PULLCORD_MCP_CONCURRENT_CALLS: '2', PULLCORD_MCP_WAITING_CALLS: '1' },
    );
    const hanging = [1, 2].map(() => mcp.call('bad', 'hang', {}, { timeoutMs: 1000 }));
    const waiting = mcp.call('bad', 'echo');
    await expect(mcp.call('bad', 'echo')).rejects.toMatchObject({ code: 'mcp_busy' });
    for (const call of hanging) await expect(call).rejects.toMatchObject({ code: 'timeout' });
    expect(await waiting).toMatchObject({ result: '{}' });
  });
});

describe('a server that misbehaves at its start', () => {
  it.each([
    ['exit', 'ended with exit code 3'],
    ['hang', 'did not start within 4000 ms'],
    ['hang_list', 'did not start within 4000 ms'],
    ['flood', 'sends too many messages'],
    ['flood_line', 'sent a message of more than 4194304 bytes'],
  ])('by %s is left out, and holds nobody up twice', async (mode, reason) => {
    const file = newFile();
    const mcp = openMcp(
      { bad: hostile(mode, file), good: hostile() },
      { PULLCORD_MCP_START_TIMEOUT_MS: '4000', PULLCORD_MCP_RETRY_BASE_MS: '60000' },
    );
    const names = await mcp.names();
    expect(names).toContain('good__echo');
    expect(names.filter((name) => name.startsWith('bad'))).toEqual([]);
    await expect(mcp.call('bad', 'echo')).rejects.toMatchObject({
      code: 'mcp_unavailable',
      message: `The MCP server bad is not available: it ${reason}.`,
    });
    // The longest wait is the first one here, so that it is given up at once.
    expect(mcp.state('bad')).toMatchObject({ status: 'failed', last_error: reason });
    await neighbourAnswers(mcp);
    const pid = await pidIn(file);
    await until(() => !isAlive(pid), { what: 'the server to be gone' });
  });

  it('is waited for no longer than the list may take', async () => {
    const mcp = openMcp({ bad: hostile('hang'), good: hostile() }, { PULLCORD_MCP_LIST_WAIT_MS: '100' });
    await until(async () => (await mcp.names()).includes('good__echo'), { what: 'the good one’s tools' });
    expect(mcp.state('bad').status).toBe('starting');
  });

  it('by not being there says so', async () => {
    const mcp = openMcp({ gone: { command: '/no/such/program' } });
    await expect(mcp.call('gone', 'echo')).rejects.toMatchObject({
      message: 'The MCP server gone is not available: it could not be started (ENOENT).',
    });
    expect(await mcp.names()).toEqual([]);
  });

  it('by writing what is no message is understood all the same', async () => {
    const mcp = openMcp({ bad: hostile('garbage') });
    expect(await mcp.call('bad', 'echo')).toMatchObject({ result: '{}' });
  });
});

describe('a server that lists too much', () => {
  it.each(['many', 'pages'])('by %s is cut to what may be', async (mode) => {
    const mcp = openMcp({ bad: hostile(mode), good: hostile() }, { PULLCORD_MCP_MAX_TOOLS: '40' });
    const names = await mcp.names();
    expect(names.filter((name) => name.startsWith('bad__'))).toHaveLength(40);
    expect(names).toContain('good__echo');
    expect(mcp.state('bad').tools.leftOut).toBeGreaterThan(0);
  });

  it('has its names made legal and different, and what is no tool left out', async () => {
    const tools = await openMcp({ bad: hostile('names') }).tools.list();
    expect(tools.map(({ name }) => name)).toEqual([
      'bad__plain',
      expect.stringMatching(/^bad__with_space_[0-9a-f]{8}$/) as string,
      expect.stringMatching(/^bad__with_space_[0-9a-f]{8}$/) as string,
      expect.stringMatching(/^bad__x{50}_[0-9a-f]{8}$/) as string,
      expect.stringMatching(/^bad__x{50}_[0-9a-f]{8}$/) as string,
      expect.stringMatching(/^bad_____[0-9a-f]{8}$/) as string,
      'bad__reader',
    ]);
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
    expect(tools[0]).toMatchObject({
      description: 'plain',
      permissions: ['read', 'write', 'execute', 'network'],
    });
    expect(tools.at(-1)).toMatchObject({ permissions: ['read'], is_parallel: true });
  });

  it('is asked again once it says that its tools have changed', async () => {
    const mcp = openMcp({ bad: hostile() });
    expect(await mcp.names()).not.toContain('bad__new_0');
    await mcp.call('bad', 'change');
    expect(await mcp.names()).toContain('bad__new_0');
  });
});

describe('the end', () => {
  it('comes to a server that ignores it, and to what it has started', async () => {
    const [server, child] = [newFile(), newFile()];
    const mcp = openMcp({ bad: hostile('stubborn', server) }, { PULLCORD_MCP_CLOSE_GRACE_MS: '200' });
    await mcp.call('bad', 'leave_child', { file: child });
    const pids = [await pidIn(server), await pidIn(child)];
    expect(pids.map(isAlive)).toEqual([true, true]);
    await mcp.close();
    await until(() => !pids.some(isAlive), { what: 'both to be gone' });
    await expect(mcp.call('bad', 'echo')).rejects.toMatchObject({ code: 'mcp_unavailable' });
    expect(await mcp.names()).toEqual([]);
  });

  it('of a server is the end of what it has started', async () => {
    const child = newFile();
    const mcp = openMcp({ bad: hostile() });
    await mcp.call('bad', 'leave_child', { file: child });
    const pid = await pidIn(child);
    await mcp.call('bad', 'crash').catch(() => undefined);
    await until(() => !isAlive(pid), { what: 'the child to be gone' });
  });

  it('comes while it is starting', async () => {
    const file = newFile();
    const mcp = openMcp({ bad: hostile('hang', file) });
    const call = mcp.call('bad', 'echo').catch((error: unknown) => error);
    const pid = await pidIn(file);
    await mcp.close();
    expect(await call).toMatchObject({ code: 'mcp_unavailable' });
    await until(() => !isAlive(pid), { what: 'it to be gone' });
  });
});

it('gives a server only the environment that it needs', async () => {
  process.env.OPENAI_API_KEY = 'sk-ours';
  try {
    const mcp = openMcp({ bad: { ...hostile(), env: { GIVEN: 'yes' } } });
    const { result } = await mcp.call('bad', 'environment');
    const env = JSON.parse(String(result)) as Record<string, string>;
    expect(env).toMatchObject({ GIVEN: 'yes', PATH: process.env.PATH });
    expect(Object.keys(env)).not.toContain('OPENAI_API_KEY');
  } finally {
    delete process.env.OPENAI_API_KEY;
  }
});

it('refuses a resource that is too large, and one that is not there', async () => {
  const { resources } = openMcp({ bad: hostile() });
  const never = new AbortController().signal;
  expect(await resources.list('bad', never)).toEqual({
    resources: [{ uri: 'test://a', name: 'a' }],
    templates: [],
    has_more: false,
  });
  await expect(resources.read('bad', 'test://large', never)).rejects.toMatchObject({ code: 'mcp_too_large' });
  await expect(resources.read('bad', 'test://none', never)).rejects.toMatchObject({
    code: 'mcp_resource_not_found',
  });
  await expect(resources.read('worse', 'test://a', never)).rejects.toMatchObject({
    code: 'mcp_server_not_found',
  });
});

describe('what an operator allows a server', () => {
  const never = new AbortController().signal;
  const open = (name: string, value: number, mode?: string): Mcp =>
    openMcp({ bad: hostile(mode) }, { [`PULLCORD_MCP_${name}`]: String(value) });

  it('is so many messages that nobody asked for', async () => {
    expect(await open('MESSAGES_PER_SECOND', 1000).call('bad', 'chatter')).toMatchObject({ result: 'done' });
    await expect(open('MESSAGES_PER_SECOND', 20).call('bad', 'chatter')).rejects.toMatchObject({
      message: 'The MCP server bad is not available: it sends too many messages.',
    });
  });

  it('is a message of so many bytes', async () => {
    const said = 'x'.repeat(2000);
    expect(await open('MESSAGE_BYTES', 100_000).call('bad', 'echo', { said })).toMatchObject({
      is_error: false,
    });
    await expect(
      open('MESSAGE_BYTES', 20_000).call('bad', 'echo', { said: said.repeat(11) }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('sent a message of more than 20000 bytes') as string,
    });
  });

  it('is a resource of so many bytes', async () => {
    const size = 2_000_000;
    const { content } = await open('RESOURCE_BYTES', size).resources.read('bad', 'test://large', never);
    expect(content).toHaveLength(size);
    const smaller = open('RESOURCE_BYTES', size - 1).resources.read('bad', 'test://large', never);
    await expect(smaller).rejects.toMatchObject({ code: 'mcp_too_large' });
  });

  it('is a tool of so many bytes', async () => {
    expect(await open('TOOL_BYTES', 200_000, 'names').names()).toContain('bad__large');
    expect(await open('TOOL_BYTES', 50_000, 'names').names()).not.toContain('bad__large');
  });

  it('is a list of so many resources', async () => {
    expect(await open('MAX_LISTED', 1).resources.list('bad', never)).toEqual({
      resources: [{ uri: 'test://a', name: 'a' }],
      templates: [],
      has_more: true,
    });
  });

  it('is so long a wait until it counts as failed', async () => {
    const env = { PULLCORD_MCP_RETRY_BASE_MS: '60000', PULLCORD_MCP_RETRY_MAX_MS: '120000' };
    const mcp = openMcp({ bad: hostile('exit') }, env);
    await mcp.names();
    expect(mcp.state('bad').status).toBe('backing_off');
    const other = openMcp({ bad: hostile('exit') }, { ...env, PULLCORD_MCP_RETRY_MAX_MS: '60000' });
    await other.names();
    expect(other.state('bad').status).toBe('failed');
  });
});
