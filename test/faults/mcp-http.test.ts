// An MCP server over HTTP that misbehaves in what it answers.
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostile, openMcp, type Mcp } from '../support/mcp.js';
import { until } from '../support/until.js';

interface Asked {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly protocolVersion?: string };
}

let server: Server;
let url = '';

/** Writes for as long as it is read. */
function pour(response: ServerResponse, piece: string): void {
  const write = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', write);
  write();
}

const event = (message: object): string => `data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
const stream = { 'content-type': 'text/event-stream' };

const calls: Readonly<Record<string, (response: ServerResponse, id: number) => void>> = {
  echo: (response, id) =>
    response.writeHead(200, stream).end(event({ id, result: { content: [{ type: 'text', text: 'yes' }] } })),
  whole: (response) =>
    pour(response.writeHead(200, { 'content-type': 'application/json' }), 'x'.repeat(65_536)),
  line: (response) => pour(response.writeHead(200, stream), `data: ${'x'.repeat(65_536)}`),
  events: (response) => pour(response.writeHead(200, stream), event({ method: 'notifications/message' })),
  status: (response) => response.writeHead(500).end('hunter2hunter2'),
  page: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
  cut: (response) => {
    response.writeHead(200, stream).write(': here it comes\n\n');
    setImmediate(() => response.destroy());
  },
  hang: (response) => response.writeHead(200, stream).write(': not yet\n\n'),
};

function answer(response: ServerResponse, { id, method, params = {} }: Asked): void {
  if (id === undefined) return void response.writeHead(202).end();
  if (method === 'tools/call') return calls[params.name ?? '']?.(response, id);
  const tools = Object.keys(calls).map((name) => ({ name, inputSchema: { type: 'object' } }));
  const { protocolVersion } = params;
  const result =
    method === 'initialize'
      ? { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'bad', version: '1' } }
      : { tools };
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    void json(request).then((asked) => answer(response, asked as Asked));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const open = (env: Record<string, string> = {}): Mcp =>
  openMcp(
    { bad: { url, headers: { Authorization: 'Bearer hunter2hunter2' } }, good: hostile() },
    { PULLCORD_MCP_RETRY_BASE_MS: '50', PULLCORD_MCP_MESSAGE_BYTES: '1048576', ...env },
  );

it.each([
  ['whole', 'sent a message of more than 1048576 bytes'],
  ['line', 'sent a message of more than 1048576 bytes'],
  ['events', 'sends too many messages'],
  ['status', 'answered with HTTP status 500'],
  ['page', 'did not answer as MCP asks for'],
  ['cut', 'broke off its answer'],
])('by %s fails that call, and is there again for the next', async (tool, reason) => {
  const mcp = open();
  await expect(mcp.call('bad', tool)).rejects.toMatchObject({
    code: 'mcp_unavailable',
    message: `The MCP server bad is not available: it ${reason}.`,
  });
  expect(mcp.state('bad').last_error).toBe(reason);
  expect(await mcp.call('good', 'echo')).toMatchObject({ result: '{}' });
  expect(await mcp.call('bad', 'echo')).toMatchObject({ result: 'yes' });
});

it('by never ending its answers costs only so many connections', async () => {
  const mcp = open({ PULLCORD_MCP_CONCURRENT_CALLS: '2' });
  await mcp.call('bad', 'echo');
  // Whether the call itself meets the limit, or the word that it was given up, is a matter of who comes first.
  const isRefused = async (): Promise<boolean> => {
    const hung = mcp.call('bad', 'hang', {}, { timeoutMs: 100 });
    await expect(hung).rejects.toThrow(/^The MCP server bad (did not answer|is not available)/);
    return mcp.state('bad').last_error === 'does not end its answers';
  };
  await until(isRefused, { what: 'the server to be refused more connections' });
  expect(await mcp.call('bad', 'echo')).toMatchObject({ result: 'yes' });
});
