import { request } from 'undici';
import { followAbort } from '../follow-abort.js';
import { ModelError } from '../model-error.js';

export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface JsonAnswer {
  readonly status: number;
  /** Empty where the answer was no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A list of all models has tens of thousands; what is longer is nothing that was asked for. */
const maxBytes = 4_194_304;

/**
 * A small question to a server, and its answer, whatever the status. Redirects are not followed: the question may hold
 * a secret. Throws a ModelError when there is no answer in time, `abort.reason` when the caller aborted. No error holds
 * an address or what was sent.
 */
export async function askJson(
  url: string,
  { method, headers, body }: JsonRequest,
  timeoutMs: number,
  abort: AbortSignal,
): Promise<JsonAnswer> {
  abort.throwIfAborted();
  const { controller, unfollow } = followAbort(abort);
  const timer = setTimeout(() => controller.abort(timedOut()), timeoutMs);
  try {
    const answer = await request(url, {
      method,
      signal: controller.signal,
      headers: { accept: 'application/json', ...(body && json), ...headers },
      body: body && JSON.stringify(body),
    });
    return { status: answer.statusCode, body: readObject(await readText(answer.body)) };
  } catch (error) {
    abort.throwIfAborted();
    throw error instanceof ModelError ? error : unreachable(error);
  } finally {
    clearTimeout(timer);
    unfollow();
  }
}

const json = { 'content-type': 'application/json' } as const;

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new ModelError('content_too_large', 'GitHub answered with too much.', final);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    // A page of HTML, most likely: its status says enough.
    return {};
  }
}

const final = { retryable: false } as const;

const timedOut = (): ModelError =>
  new ModelError('connect_timeout', 'GitHub took too long to answer.', { retryable: true });

function unreachable(error: unknown): ModelError {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new ModelError('connect_failed', `GitHub cannot be reached${code}.`, { retryable: true });
}
