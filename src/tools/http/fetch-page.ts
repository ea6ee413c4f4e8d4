import type { Dispatcher } from 'undici';
import type { HostRule } from '../../config/tool-values.js';
import { ToolError } from '../tool-source.js';
import { readUrl } from './allowed-url.js';

export interface PageLimits {
  readonly hosts: readonly HostRule[];
  readonly maxBytes: number;
  readonly maxRedirects: number;
}

export interface Page {
  /** Where it was in the end. */
  readonly url: string;
  readonly status: number;
  /** Without parameters; empty when the server says none. */
  readonly type: string;
  readonly text: string;
  /** There was more than `maxBytes`. */
  readonly isCut: boolean;
}

/** Gets a page of text. Every redirect is held against the same rules. Throws ToolError. */
export async function fetchPage(
  address: string,
  { hosts, maxBytes, maxRedirects }: PageLimits,
  dispatcher: Dispatcher,
  abort: AbortSignal,
): Promise<Page> {
  let url = readUrl(address, hosts);
  for (let redirects = 0; ; redirects++) {
    const response = await get(url, dispatcher, abort);
    const location = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(response.statusCode) || typeof location !== 'string')
      return toPage(url, response, maxBytes);
    response.body.on('error', () => undefined).destroy();
    if (redirects >= maxRedirects)
      throw new ToolError('too_many_redirects', `The page leads on more than ${maxRedirects} times.`);
    url = readUrl(location, hosts, url);
  }
}

async function get(url: URL, dispatcher: Dispatcher, abort: AbortSignal): Promise<Dispatcher.ResponseData> {
  const { request } = await import('undici');
  try {
    return await request(url, {
      dispatcher,
      signal: abort,
      method: 'GET',
      // What is not compressed cannot grow as it is unpacked.
      headers: {
        accept: 'text/*, application/json;q=0.9, */*;q=0.1',
        'accept-encoding': 'identity',
        'user-agent': 'pullcord',
      },
    });
  } catch (error) {
    throw toFault(error, url, abort);
  }
}

async function toPage(url: URL, response: Dispatcher.ResponseData, maxBytes: number): Promise<Page> {
  const { statusCode: status, headers, body } = response;
  // Whoever leaves early has nobody to tell of a connection that broke.
  body.on('error', () => undefined);
  try {
    const encoding = String(headers['content-encoding'] ?? 'identity');
    if (encoding !== 'identity')
      throw new ToolError(
        'encoding_not_supported',
        'The server compresses the page although it was asked not to.',
      );
    const [type = '', ...parameters] = String(headers['content-type'] ?? '').split(';');
    if (!isText(type.trim().toLowerCase()))
      throw new ToolError('not_text', `What is there is no text but ${type.slice(0, 100)}.`);
    const { bytes, isCut } = await readAtMost(body, maxBytes);
    const text = decode(bytes, parameters.join(';'));
    return { url: url.href, status, type: type.trim().toLowerCase(), text, isCut };
  } catch (error) {
    throw error instanceof ToolError ? error : toFault(error, url);
  } finally {
    body.destroy();
  }
}

const isText = (type: string): boolean =>
  type === '' ||
  /^text\/|^application\/(json|xml|javascript|ecmascript|yaml|x-yaml|toml|x-ndjson|sql|graphql)$|\+(json|xml|yaml)$/.test(
    type,
  );

async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (size > maxBytes) break;
  }
  return { bytes: Buffer.concat(pieces).subarray(0, maxBytes), isCut: size > maxBytes };
}

/** In the charset that the server names, else UTF-8; what cannot be read becomes U+FFFD. */
function decode(bytes: Buffer, parameters: string): string {
  const [, label = 'utf-8'] = /charset="?([\w-]{1,40})/i.exec(parameters) ?? [];
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** What is told of a connection that failed: the host that was asked for, and not where it is. */
function toFault(error: unknown, { host }: URL, abort?: AbortSignal): unknown {
  if (error instanceof ToolError || abort?.aborted) return error;
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new ToolError('fetch_failed', `${host} could not be read${code}.`);
}
