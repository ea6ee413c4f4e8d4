import { Agent, interceptors } from 'undici';
import { traceHeaders } from '../../telemetry/tracing.js';
import { onlyAt } from './only-at.js';
import { UpstreamAnswer } from './upstream-answer.js';
import { UpstreamFetch, type UpstreamRequest } from './upstream-fetch.js';

export interface ConnectionOptions {
  /** With the version, such as `https://api.openai.com/v1`; may carry a user and a password. */
  readonly baseUrl: string;
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
  /** Put at the end of every URL, such as `api-version=2024-10-21`. */
  readonly query?: string;
  /** What lets requests in, beside the user and the password of the base URL, where it has any. */
  readonly access: Access | AccessSource;
}

/** Throws a ModelError when there is no access to be had, `abort.reason` when aborted. */
export type AccessSource = (request: UpstreamRequest, abort: AbortSignal) => Access | Promise<Access>;

/** What lets a request in. */
export interface Access {
  /** By their names in small letters: sent with every request, instead of what else is under these names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Never to be repeated in a message. */
  readonly secrets: readonly string[];
  /** Where the server is at present, when that is not the base URL. */
  readonly baseUrl?: string;
  /** Called when the server does not take it (401); the request is then made once more, with what there is now. */
  readonly refused?: () => void;
}

const maxRedirections = 5;

/** Whatever is in these, it is ours to say. */
const ownNames = ['authorization', 'x-api-key', 'api-key', 'cookie', 'host'];

/** The pooled connections to one provider's server. */
export class UpstreamConnection {
  /** What the AI SDK makes its requests with. */
  readonly fetch: UpstreamFetch;
  /** The base URL without the user and the password. */
  readonly url: URL;
  /** What may have been sent to the server so far and is never to be repeated. */
  secrets: readonly string[] = [];
  /** Of the base URL itself. */
  private readonly basic: Access;
  private readonly agent: Agent;

  constructor(private readonly options: ConnectionOptions) {
    const { baseUrl, connectTimeoutMs, maxConnections } = options;
    this.agent = new Agent({
      connect: { timeout: connectTimeoutMs },
      connections: maxConnections,
      // withTimeLimits decides how long a model may be silent.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const { url, basic } = splitUrl(baseUrl);
    this.url = url;
    this.basic = basic;
    this.fetch = new UpstreamFetch((request, abort) => this.send(request, abort));
  }

  /** The URL of this path under the base URL. */
  urlOf(path: string): URL {
    const url = new URL(this.url);
    url.pathname = url.pathname.replace(/\/$/, '') + path;
    return url;
  }

  /** Sends the request; whether there is an answer is known by its head. Throws what asking for access throws. */
  async send(request: UpstreamRequest, abort: AbortSignal): Promise<UpstreamAnswer> {
    const access = await this.access(request, abort);
    const answer = this.dispatch(request, access, abort);
    if (!access.refused) return answer;
    const head = await answer.head.catch(() => undefined);
    if (head?.status !== 401) return answer;
    access.refused();
    await answer.return();
    return this.dispatch(request, await this.access(request, abort), abort);
  }

  /** Ends the connections, and with them the calls that are still under way. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async access(request: UpstreamRequest, abort: AbortSignal): Promise<Access> {
    const { access: source } = this.options;
    const access = typeof source === 'function' ? await source(request, abort) : source;
    abort.throwIfAborted();
    this.secrets = [...this.basic.secrets, ...access.secrets];
    return access;
  }

  private dispatch(
    { method, url, headers, body }: UpstreamRequest,
    { headers: given, baseUrl }: Access,
    abort: AbortSignal,
  ): UpstreamAnswer {
    const own = { ...this.basic.headers, ...given };
    const { origin, pathname, search } = this.locate(url, baseUrl);
    const kept = Object.entries(headers).filter(([name]) => !ownNames.includes(name));
    const answer = new UpstreamAnswer(abort);
    const stays = onlyAt(origin, Object.keys(own));
    this.agent.compose(stays, interceptors.redirect({ maxRedirections })).dispatch(
      {
        origin,
        path: pathname + search,
        method,
        // Compressed events come late: a compressor waits for more.
        headers: { ...Object.fromEntries(kept), 'accept-encoding': 'identity', ...traceHeaders(), ...own },
        body,
      },
      answer,
    );
    return answer;
  }

  private locate(asked: URL, baseUrl: string | undefined): URL {
    const url = new URL(asked);
    if (baseUrl !== undefined) {
      const { url: moved } = splitUrl(baseUrl);
      const path = asked.pathname.slice(this.url.pathname.replace(/\/$/, '').length);
      url.protocol = moved.protocol;
      url.host = moved.host;
      url.pathname = moved.pathname.replace(/\/$/, '') + path;
    }
    const { query } = this.options;
    if (query !== undefined) url.search = url.search === '' ? query : `${url.search}&${query}`;
    return url;
  }
}

/** fetch refuses a URL that carries a user (WHATWG Fetch, Request constructor). */
function splitUrl(given: string): { url: URL; basic: Access } {
  const url = new URL(given);
  const [user, password] = [decode(url.username), decode(url.password)];
  url.username = '';
  url.password = '';
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const headers: Record<string, string> = user === '' && password === '' ? {} : { authorization: basic };
  return { url, basic: { headers, secrets: [password] } };
}

function decode(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    // A bare % in a password: it was not escaped, so there is nothing to undo.
    return escaped;
  }
}
