import { describe, expect, it } from 'vitest';
import type { CheckedCall } from './tool-outcome.js';
import { ToolRegistry, type ToolLimits } from './tool-registry.js';
import { ToolError, type ToolDefinition, type ToolOutput, type ToolSource } from './tool-source.js';

const definition: ToolDefinition = {
  name: 'read_file',
  description: 'Reads.',
  parameters: {
    type: 'object',
    properties: { path: { type: 'string' }, lines: { type: 'integer', default: 10 } },
    required: ['path'],
    additionalProperties: false,
  },
  permissions: ['read'],
  timeout_ms: 60_000,
  is_parallel: true,
  needs_workspace: true,
  on_cancel: 'kill',
  source: 'builtin',
};
const fetchTool: ToolDefinition = {
  ...definition,
  name: 'http_fetch',
  permissions: ['read', 'network'],
  needs_workspace: false,
};
const never = new AbortController().signal;
const scope = { context_id: 'c' };

type Call = (args: Readonly<Record<string, unknown>>, abort: AbortSignal) => Promise<ToolOutput>;

const sourceOf = (tools: readonly ToolDefinition[], call: Call, name = 'builtin'): ToolSource => ({
  name,
  list: () => Promise.resolve(tools),
  call: (_tool, args, _scope, abort) => call(args, abort),
});

const limits: ToolLimits = {
  toolTimeouts: [],
  toolGraceMs: 60_000,
  toolArgumentsBytes: 1000,
  toolResultBytes: 2000,
};
const echo: Call = (args) => Promise.resolve({ result: args });
const registry = (call: Call = echo, more: Partial<ToolLimits> = {}): ToolRegistry =>
  new ToolRegistry({ ...limits, ...more }, [sourceOf([definition, fetchTool], call)]);

const namesOf = (tools: readonly ToolDefinition[]): string[] => tools.map(({ name }) => name);
/** Never settles, whatever is aborted. */
const deaf: Call = () => new Promise(() => undefined);
/** Settles as soon as it is aborted, with what it has. */
const obedient: Call = (_, abort) =>
  new Promise((resolve) => abort.addEventListener('abort', () => resolve({ result: 'so far' })));

describe('what is offered', () => {
  it.each([
    ['actor', true, ['read_file', 'http_fetch']],
    ['actor', false, ['http_fetch']],
    ['planner', true, ['read_file']],
    ['planner', false, []],
  ] as const)('to a %s, with a workspace: %s', async (role, hasWorkspace, names) => {
    expect(namesOf(await registry().offered({ role, hasWorkspace }))).toEqual(names);
  });

  it('leaves out a source that fails, and keeps the first of two tools of one name', async () => {
    const broken: ToolSource = {
      name: 'mcp',
      list: () => Promise.reject(new Error('down')),
      call: () => Promise.reject(new Error('down')),
    };
    const second = sourceOf([{ ...definition, description: 'Another.' }], echo, 'mcp');
    const tools = await new ToolRegistry(limits, [broken, sourceOf([definition], echo), second]).list();
    expect(tools).toEqual([definition]);
  });

  it('has the time limits that are set for single tools', async () => {
    const tools = await registry(echo, { toolTimeouts: [{ tool: 'http_fetch', timeout_ms: 5 }] }).list();
    expect(tools.map(({ timeout_ms }) => timeout_ms)).toEqual([60_000, 5]);
  });
});

describe('checking a call', () => {
  it('reads the arguments, with the defaults of the schema', async () => {
    const checked = await registry().check('read_file', '{"path":"a"}');
    expect(checked).toEqual({ tool: definition, args: { path: 'a', lines: 10 } });
  });

  it('takes no text for no arguments', async () => {
    const tool = { ...definition, parameters: { type: 'object' } };
    const checked = await new ToolRegistry(limits, [sourceOf([tool], echo)]).check('read_file', '');
    expect(checked).toEqual({ tool, args: {} });
  });

  it.each([
    ['no JSON', '{"path":', 'must be one JSON object'],
    ['a list', '["a"]', 'must be one JSON object'],
    ['null', 'null', 'must be one JSON object'],
    ['a prototype', '{"path":"a","__proto__":{"x":1}}', 'must be one JSON object'],
    ['a missing field', '{}', "must have required property 'path'"],
    ['a wrong type', '{"path":7}', 'path must be string'],
    ['a number as text', '{"path":"a","lines":"7"}', 'lines must be integer'],
    ['an unknown field', '{"path":"a","mode":1}', 'must NOT have additional properties: "mode"'],
    ['too many bytes', `{"path":"${'x'.repeat(1000)}"}`, 'at most 1000'],
    ['too many levels', `{"path":${'['.repeat(70)}${']'.repeat(70)}}`, '64 levels'],
  ])('refuses %s', async (_, text, message) => {
    const checked = await registry().check('read_file', text);
    expect(checked).toMatchObject({
      error: { code: 'invalid_arguments', message: expect.stringContaining(message) as string },
    });
  });

  it('names the places of what is wrong', async () => {
    expect(await registry().check('read_file', '{"path":7}')).toMatchObject({
      error: { details: { errors: [{ path: 'path', message: 'must be string' }] } },
    });
  });

  it('knows no tool that is not there, nor one that was not offered', async () => {
    expect(await registry().check('delete_all', '{}')).toMatchObject({
      error: { code: 'tool_not_found', message: expect.stringContaining('read_file') as string },
    });
    const offer = { role: 'planner', hasWorkspace: true } as const;
    expect(await registry().check('http_fetch', '{"path":"a"}', offer)).toMatchObject({
      error: { code: 'tool_not_found' },
    });
  });

  it('says what a tool lacks that would be there with a workspace, and nothing of one that would not', async () => {
    const writer = { ...definition, name: 'write_file', permissions: ['write'] } as const;
    const tools = new ToolRegistry(limits, [sourceOf([definition, writer], echo)]);
    const offer = { role: 'planner', hasWorkspace: false } as const;
    expect(await tools.check('read_file', '{"path":"a"}', offer)).toMatchObject({
      error: { code: 'no_workspace', message: expect.stringContaining('workspace_path') as string },
    });
    expect(await tools.check('write_file', '{"path":"a"}', offer)).toMatchObject({
      error: { code: 'tool_not_found', message: expect.not.stringContaining('read_file') as string },
    });
  });
});

describe('making a call', () => {
  const call: CheckedCall = { tool: definition, args: { path: 'a' } };
  const short: CheckedCall = { ...call, tool: { ...definition, timeout_ms: 20 } };

  it('gives what the tool answered', async () => {
    expect(await registry().execute(call, scope, never)).toEqual({
      execution_status: 'success',
      result: { path: 'a' },
      duration_ms: expect.any(Number) as number,
    });
  });

  it('keeps the result of a tool that says itself that it failed', async () => {
    const outcome = await registry(() => Promise.resolve({ result: 'no', is_error: true })).execute(
      call,
      scope,
      never,
    );
    expect(outcome).toMatchObject({
      execution_status: 'failed',
      result: 'no',
      error: { code: 'tool_failed' },
    });
  });

  it('tells what a tool threw for the model, and nothing of what nobody foresaw', async () => {
    const told = await registry(() =>
      Promise.reject(new ToolError('not_found', 'No a.', { path: 'a' })),
    ).execute(call, scope, never);
    expect(told.error).toEqual({ code: 'not_found', message: 'No a.', details: { path: 'a' } });
    const secret = await registry(() => {
      throw new Error('SECRET');
    }).execute(call, scope, never);
    expect(secret).toMatchObject({ execution_status: 'failed', error: { code: 'tool_failed' } });
    expect(JSON.stringify(secret)).not.toContain('SECRET');
  });

  it('stops a call at its time limit, and keeps what it has by then', async () => {
    expect(await registry(obedient).execute(short, scope, never)).toMatchObject({
      execution_status: 'timeout',
      result: 'so far',
      error: { code: 'timeout', message: 'The tool did not finish within 20 ms.' },
    });
  });

  it('waits no longer than the grace for a tool that does not stop', async () => {
    expect(await registry(deaf, { toolGraceMs: 10 }).execute(short, scope, never)).toMatchObject({
      execution_status: 'timeout',
      result: null,
    });
  });

  it('kills a call of a cancelled turn, lets the others finish, and begins none', async () => {
    const cancel = new AbortController();
    const finishing = { ...call, tool: { ...definition, on_cancel: 'finish' } } as const;
    let finish = (_: ToolOutput): void => undefined;
    const finished = registry(() => new Promise((resolve) => (finish = resolve))).execute(
      finishing,
      scope,
      cancel.signal,
    );
    const killed = registry(obedient).execute(call, scope, cancel.signal);
    cancel.abort();
    expect(await killed).toMatchObject({ execution_status: 'cancelled', result: 'so far' });
    finish({ result: 'all' });
    expect(await finished).toMatchObject({ execution_status: 'success', result: 'all' });
    expect(await registry().execute(finishing, scope, cancel.signal)).toMatchObject({
      execution_status: 'cancelled',
      result: null,
    });
  });

  it('cuts text that is too long, with a note, and without half a character', async () => {
    const { result } = await registry(() => Promise.resolve({ result: '🙂'.repeat(1000) })).execute(
      call,
      scope,
      never,
    );
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(2000);
    expect(result).toMatch(/^(🙂)+\n\[… \d+ of 4000 bytes left out\]$/u);
  });

  it.each([
    ['too large', { list: Array(2000).fill(1) }, 'result_too_large'],
    ['no JSON', { big: 1n }, 'invalid_result'],
  ])('refuses a result that is %s', async (_, result, code) => {
    const outcome = await registry(() => Promise.resolve({ result })).execute(call, scope, never);
    expect(outcome).toMatchObject({ execution_status: 'failed', result: null, error: { code } });
  });
});
