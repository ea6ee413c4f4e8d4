// The limits of tools, prompts and workflows, each set low by its setting.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, stall } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import { hostile } from '../support/mcp.js';
import { askTime, callOf, outcomes, toldIn } from '../support/model-calls.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { ExecutionClient, workflowFolder } from '../support/workflow-client.js';

/** Pages that come when the test says so. */
const asked: ServerResponse[] = [];
let isOpenNow = 0;
let mostAtOnce = 0;
const pages = createServer((_, response) => {
  asked.push(response);
  mostAtOnce = Math.max(mostAtOnce, (isOpenNow += 1));
  response.once('close', () => (isOpenNow -= 1));
});

const loop = (steps: string): string =>
  `inputs: { names: { type: array } }\nsteps: [{ id: each, for_each: inputs.names, steps: ${steps} }]`;
const workflows = {
  looping: loop('[{ id: note, set: { a: 1 } }]'),
  long: loop(`[${['a', 'b', 'c', 'd'].map((id) => `{ id: ${id}, set: { x: 1 } }`).join(', ')}]`),
  large: 'inputs: { text: { type: string } }\nsteps: [{ id: a, set: { text: "${{ inputs.text }}" } }]',
  slow: 'steps: [{ id: a, prompt: wait }]',
};

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  upstream = await FakeUpstream.start();
  const host = `127.0.0.1:${(pages.address() as AddressInfo).port}`;
  server = await startServerOn(upstream, {
    PULLCORD_LOG_LEVEL: 'debug',
    PULLCORD_DEFAULT_MODEL: 'openai/fake-1',
    PULLCORD_MAX_TOOL_CALLS: '3',
    PULLCORD_TOOL_CONCURRENCY: '2',
    PULLCORD_TOOL_ARGUMENTS_BYTES: '200',
    PULLCORD_HTTP_FETCH_HOSTS: host,
    PULLCORD_HTTP_FETCH_PRIVATE: host,
    PULLCORD_PROMPT_MAX_MESSAGES: '6',
    PULLCORD_MCP_SERVERS: JSON.stringify({ bad: hostile() }),
    PULLCORD_MCP_LIST_WAIT_MS: '30000',
    PULLCORD_MCP_LOG_LINE_BYTES: '10',
    PULLCORD_WORKFLOWS_DIR: workflowFolder(workflows),
    PULLCORD_WORKFLOW_MAX_ITERATIONS: '5',
    PULLCORD_WORKFLOW_MAX_STEPS: '12',
    PULLCORD_WORKFLOW_OUTPUT_BYTES: '500',
    PULLCORD_WORKFLOW_STEP_TIMEOUT_MS: '200',
  });
});
beforeEach(() => void upstream.clear());
afterAll(async () => {
  pages.closeAllConnections();
  pages.close();
  await upstream.close();
});

const begin = (): Promise<ContextClient> =>
  ContextClient.begin(server, { tool_policy: { type: 'auto_approve' } });
const api = caller({
  get url() {
    return server.url;
  },
});

it('PULLCORD_MAX_TOOL_CALLS: one call more in an answer is an error, and none is made', async () => {
  const calls = ['a', 'b', 'c', 'd'].map(askTime);
  upstream.enqueue(answer('', { calls: calls.slice(1) }), answer('Noon.'));
  const within = await begin();
  await within.exchange('What time is it?');
  expect(await outcomes(within)).toHaveLength(3);

  upstream.enqueue(answer('', { calls }));
  const beyond = await begin();
  await beyond.exchange('What time is it?');
  expect(await beyond.state()).toMatchObject({ type: 'error', code: 'upstream_protocol' });
  expect(await outcomes(beyond)).toEqual([]);
});

it('PULLCORD_TOOL_CONCURRENCY: no more calls of an answer are under way at once', async () => {
  const url = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`;
  const calls = ['a', 'b', 'c'].map((id) => callOf(id, 'http_fetch', { url: `${url}${id}` }));
  upstream.enqueue(answer('', { calls }), answer('Read.'));
  const context = await begin();
  await context.send('Read.');
  await until(() => asked.length === 2, { what: 'two pages to be asked for' });
  asked[1]?.end('b');
  await until(() => asked.length === 3, { what: 'the third page to be asked for' });
  // Its result waits for that of the first.
  asked[2]?.end('c');
  asked[0]?.end('a');
  await context.settled();
  expect(await outcomes(context)).toEqual(['a', 'b', 'c'].map((id) => [id, 'success']));
  expect(mostAtOnce).toBe(2);
});

it('PULLCORD_TOOL_ARGUMENTS_BYTES: longer arguments are refused, which the model is told', async () => {
  const called = upstream.call(upstream.calls.length + 1);
  upstream.enqueue(
    answer('', { calls: [callOf('long', 'http_fetch', { url: `http://x.test/${'x'.repeat(200)}` })] }),
    answer('Sorry.'),
  );
  const context = await begin();
  await context.exchange('Fetch.');
  expect(await outcomes(context)).toEqual([['long', 'failed', 'invalid_arguments']]);
  expect(toldIn(await called)['long']).toContain('200');
});

it('PULLCORD_PROMPT_MAX_MESSAGES: the model is sent that many of the newest messages', async () => {
  const context = await begin();
  for (const text of ['one', 'two', 'three', 'four']) await context.exchange(text);
  const called = upstream.call(upstream.calls.length);
  await context.exchange('five');
  const { messages } = (await called).request.body as { messages: { role: string; content: string }[] };
  const said = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  expect(said).toEqual(expect.arrayContaining(['three', 'four', 'five']));
  expect(said).not.toContain('two');
  expect(messages.filter(({ role }) => role !== 'system').length).toBeLessThanOrEqual(6);
});

it('PULLCORD_MCP_LOG_LINE_BYTES: what a server remarks is cut there', async () => {
  upstream.enqueue(answer('', { calls: [callOf('a', 'bad__remark')] }), answer('It said something.'));
  const context = await begin();
  await context.exchange('Ask it.');
  const remark = await until(
    () => server.logs.map((line) => JSON.stringify(line)).find((line) => line.includes('eeee')),
    { what: 'the remark in the log' },
  );
  expect(remark).toContain('e'.repeat(10));
  expect(remark).not.toContain('e'.repeat(11));
});

it.each([
  ['PULLCORD_WORKFLOW_MAX_ITERATIONS', 'looping', { names: Array(6).fill('x') }, 'too_many_iterations'],
  ['PULLCORD_WORKFLOW_MAX_STEPS', 'long', { names: Array(5).fill('x') }, 'too_many_steps'],
  ['PULLCORD_WORKFLOW_OUTPUT_BYTES', 'large', { text: 'x'.repeat(500) }, 'output_too_large'],
  ['PULLCORD_WORKFLOW_STEP_TIMEOUT_MS', 'slow', {}, 'step_timeout'],
])('%s: the workflow "%s" ends there', async (_, workflow, input, code) => {
  if (workflow === 'slow') upstream.enqueue({ pieces: [stall] });
  const execution = await ExecutionClient.begin(api, workflow, input);
  expect((await execution.reaches('failed')).error).toMatchObject({ code });
});

it.each([
  ['looping', { names: Array(5).fill('x') }],
  ['long', { names: Array(2).fill('x') }],
  ['large', { text: 'x'.repeat(400) }],
])('the workflow "%s" is done within the limits', async (workflow, input) => {
  const execution = await ExecutionClient.begin(api, workflow, input);
  expect((await execution.reaches('completed')).status).toBe('completed');
});
