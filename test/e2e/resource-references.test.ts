// Resources of MCP servers that a message refers to, from a real server as a process: fetched, put behind the message,
// and sent to the model.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import { everything } from '../support/mcp.js';
import type { TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_MCP_SERVERS: JSON.stringify({ all: everything, gone: { command: '/nowhere/server' } }),
  });
});
afterAll(() => upstream.close());

const send = async (server_name: string, resource_uri: string, more: object = {}): Promise<ContextClient> => {
  const context = await ContextClient.begin(server);
  await context.act('send_message', {
    payload: { kind: 'mcp_resource', data: { server_name, resource_uri, ...more } },
  });
  await context.settled();
  return context;
};

const uri = 'demo://resource/dynamic/text/7';

it('is fetched, put behind the message, and shown to the model once', async () => {
  const context = await send('all', uri);
  const [message, companion] = await context.messagesOf('mcp_resource');
  expect(message?.data).toEqual({ server_name: 'all', resource_uri: uri });
  expect(companion).toMatchObject({
    ...{ role: 'user', status: 'complete', parent_id: message?.id },
    data: {
      ...{ server_name: 'all', resource_uri: uri, mime_type: 'text/plain' },
      content: expect.stringContaining('Resource 7') as string,
      retrieved_at: expect.stringMatching(/Z$/) as string,
    },
    metadata: { source: 'user_file_reference', companion_of: message?.id },
  });
  const sent = upstream.calls.at(-1)?.request.body.messages as { role: string; content: string }[];
  const [shown, ...others] = sent.filter(({ role }) => role === 'user');
  expect(shown?.content).toMatch(/^Resource demo:\/\/resource\/dynamic\/text\/7 from all:\n```\nResource 7/);
  expect(others).toEqual([]);
});

it('is left as it is when its sender has fetched it, were it empty', async () => {
  const context = await send('all', uri, { content: '', retrieved_at: '2026-01-01T00:00:00.000Z' });
  expect((await context.messagesOf('mcp_resource')).length).toBe(1);
});

it.each([
  ['that is not text', 'all', 'demo://resource/dynamic/blob/7', 'not_text', false],
  ['that is not there', 'all', 'demo://nowhere', 'mcp_resource_not_found', false],
  ['of a server that is not set up', 'nobody', uri, 'mcp_server_not_found', false],
  ['of a server that does not start', 'gone', uri, 'mcp_unavailable', true],
])('ends the turn with nothing added, for one %s', async (_, name, resource, code, retryable) => {
  const before = upstream.calls.length;
  const context = await send(name, resource);
  expect(await context.state()).toMatchObject({ type: 'error', code, retryable });
  expect((await context.messages()).length).toBe(1);
  expect(upstream.calls.length).toBe(before);
});
