import type { IncomingHttpHeaders } from 'node:http';
import { decodeBody } from './decode-body.js';
import { readAtMost } from './read-at-most.js';
import type { UpstreamAnswer } from './upstream-answer.js';

/** More than this of an error's body is not read. */
const maxErrorBytes = 65_536;

/** Statuses that a Response can only have without a body (WHATWG Fetch, null body status). */
const bodiless = [204, 205, 304];

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with the base URL. */
  readonly url: URL;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * What the AI SDK makes its requests with. It gets every answer that is an error, to judge it; of a good one only the
 * head. The body is for whoever `take`s it: read through the SDK, each small piece of it would cost several times what
 * it costs to commit it.
 */
export class UpstreamFetch {
  private readonly answers = new WeakMap<AbortSignal, UpstreamAnswer>();

  constructor(
    private readonly send: (request: UpstreamRequest, abort: AbortSignal) => Promise<UpstreamAnswer>,
  ) {}

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const signal = init?.signal ?? new AbortController().signal;
    signal.throwIfAborted();
    const request: UpstreamRequest = {
      method: 'POST',
      url: new URL(input instanceof Request ? input.url : input),
      headers: { ...Object.fromEntries(new Headers(init?.headers)), accept: '*/*' },
      body: typeof init?.body === 'string' ? init.body : undefined,
    };
    const answer = await this.send(request, signal);
    const { status, statusText, headers } = await answer.head.catch((error: unknown) => {
      signal.throwIfAborted();
      // The one error by which the SDK knows that there was no answer (WHATWG Fetch has but a TypeError for it).
      throw new TypeError('fetch failed', { cause: error });
    });
    const isGood = status >= 200 && status < 300;
    if (isGood) this.answers.set(signal, answer);
    const body = isGood ? '' : await readAtMost(decodeBody(answer, headers), maxErrorBytes);
    const isBodiless = bodiless.includes(status);
    if (isBodiless) void answer.return();
    return new Response(isBodiless ? null : body, { status, statusText, headers: flat(headers) });
  };

  /** The body of the good answer to the request that was made with this signal; to be taken once. */
  take(signal: AbortSignal): UpstreamAnswer {
    const answer = this.answers.get(signal);
    if (!answer) throw new Error('The SDK answered without having asked.');
    this.answers.delete(signal);
    return answer;
  }
}

const flat = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
