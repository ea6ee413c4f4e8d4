// Requests as bytes on a socket: what fetch refuses to send, or would put right on the way.
import { connect } from 'node:net';
import type { Answer } from './http.js';

/** Sends the head (without its empty line) and the body as they are, and reads the answer until the server closes. */
export async function sendRaw(
  server: { readonly url: string },
  head: readonly string[],
  body: string | Uint8Array = '',
): Promise<Answer<unknown>> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  // A server that has refused a request need not read the rest of it.
  socket.on('error', () => undefined);
  const received: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.write(body);
  await new Promise((resolve) => socket.once('close', resolve));
  return toAnswer(Buffer.concat(received).toString());
}

/** A GET with exactly these headers. */
export const getRaw = (
  server: { readonly url: string },
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer<unknown>> => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return sendRaw(server, [`GET ${path} HTTP/1.1`, ...lines, 'Connection: close']);
};

function toAnswer(text: string): Answer<unknown> {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line): [string, string] => split(line)));
  const isJson = /\bjson\b/.test(headers.get('content-type') ?? '');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: isJson && body ? JSON.parse(body) : body || undefined,
  };
}

const split = (line: string): [string, string] => {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
};
