import { Agent, interceptors } from 'undici';
import { UpstreamFetch } from './upstream-fetch.js';

export interface ConnectionOptions {
  /** With the version, such as `https://api.openai.com/v1`; may carry a user and a password. */
  readonly baseUrl: string;
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
}

const maxRedirections = 5;

/** The pooled connections to one provider's server. */
export class UpstreamConnection {
  /** What the AI SDK makes its requests with. */
  readonly fetch: UpstreamFetch;
  /** The base URL without the user and the password, which fetch refuses (WHATWG Fetch, Request constructor). */
  readonly url: URL;
  readonly password: string;
  private readonly user: string;
  private readonly agent: Agent;

  constructor({ baseUrl, connectTimeoutMs, maxConnections }: ConnectionOptions) {
    this.agent = new Agent({
      connect: { timeout: connectTimeoutMs },
      connections: maxConnections,
      // withTimeLimits decides how long a model may be silent.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.fetch = new UpstreamFetch(this.agent.compose(interceptors.redirect({ maxRedirections })));
    this.url = new URL(baseUrl);
    [this.user, this.password] = [decode(this.url.username), decode(this.url.password)];
    this.url.username = '';
    this.url.password = '';
  }

  /** The Authorization header for this key, or else for the user and the password in the base URL; empty without either. */
  bearer(apiKey: string | undefined): Record<string, string> {
    if (apiKey) return { authorization: `Bearer ${apiKey}` };
    if (this.user === '' && this.password === '') return {};
    return { authorization: `Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}` };
  }

  /** Ends the connections, and with them the calls that are still under way. */
  close(): Promise<void> {
    return this.agent.destroy();
  }
}

function decode(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    // A bare % in a password: it was not escaped, so there is nothing to undo.
    return escaped;
  }
}
