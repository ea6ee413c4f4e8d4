import { followAbort } from '../follow-abort.js';
import type { Relay, RelayAnswer, RelayRequest } from '../relay.js';
import { convertError, noAnswer, type ErrorScene } from './convert-error.js';
import { decodeBody } from './decode-body.js';
import { withoutSecrets } from './safe-text.js';
import type { UpstreamConnection } from './upstream-connection.js';

export interface RelayRoute {
  readonly connection: UpstreamConnection;
  /** Under the base URL. */
  readonly path: string;
  /** What the server calls the model. */
  readonly model: string;
  /** For headers that the caller left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly scene: () => ErrorScene;
}

/** About the connection to the server, or about how the body was on the wire: none of a caller's business. */
const hopHeaders = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'set-cookie', 'trailer'];
const wireHeaders = [...hopHeaders, 'content-encoding', 'content-length'];
/** What is said of the body that the caller sent, and not of the one that is sent on. */
const bodyHeaders = [...wireHeaders, 'content-type', 'accept-encoding', 'expect', 'te'];

/** A model's server, asked in its own words. The body goes back as it comes; only its compression is undone. */
export class HttpRelay implements Relay {
  constructor(private readonly route: RelayRoute) {}

  async send({ body, headers }: RelayRequest, abort: AbortSignal): Promise<RelayAnswer> {
    abort.throwIfAborted();
    const { connection, path, model, scene } = this.route;
    const { controller, unfollow } = followAbort(abort);
    const fail = (error: unknown): never => {
      unfollow();
      throw abort.aborted ? abort.reason : convertError(error, scene());
    };
    try {
      const answer = await connection.send(
        {
          method: 'POST',
          url: connection.urlOf(path),
          headers: {
            ...this.route.headers,
            ...without(headers, bodyHeaders),
            'content-type': 'application/json',
          },
          body: JSON.stringify({ ...body, model }),
        },
        controller.signal,
      );
      const head = await answer.head.catch((error: unknown) => {
        throw noAnswer(error, scene());
      });
      const pieces = decodeBody(answer, head.headers);
      const isDecoded = pieces !== answer;
      return {
        status: head.status,
        headers: without(head.headers, isDecoded ? wireHeaders : hopHeaders),
        body: watched(pieces, unfollow, fail),
        hide: (text) => withoutSecrets(text, scene().secrets),
      };
    } catch (error) {
      return fail(error);
    }
  }
}

/** The headers by their names in small letters, but those of these names. */
function without<Value>(
  headers: Readonly<Record<string, Value>>,
  names: readonly string[],
): Record<string, Value> {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(own.filter(([name]) => !names.includes(name)));
}

/**
 * The same pieces. `over` is told when they end or are left; `fail` says what an error of theirs is. No generator: a piece
 * is passed on often.
 */
function watched(
  pieces: AsyncIterable<Buffer>,
  over: () => void,
  fail: (error: unknown) => never,
): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]: () => {
      const from = pieces[Symbol.asyncIterator]();
      const pass = (next: IteratorResult<Buffer>): IteratorResult<Buffer> => {
        if (next.done) over();
        return next;
      };
      return {
        next: () => from.next().then(pass, fail),
        return: async () => {
          over();
          await from.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
