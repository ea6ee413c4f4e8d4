/** How to reach a server, and how patient to be. Times are in milliseconds. */
export interface PullcordOptions {
  /** Where the server is; without it, the origin of the page. A path is kept: `https://example.org/chat`. */
  readonly baseUrl?: string;
  /** A bearer token, or how to get one; asked anew for each request, and once more after a 401. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Instead of the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Whether tabs of one origin share one stream of signals, where the browser can; true by default. */
  readonly shareConnection?: boolean;
  /** How many messages a page of a branch has; 50 by default. */
  readonly pageSize?: number;
  /** The longest wait between two tries to connect or to pull; 30,000 by default. The first is about 500. */
  readonly maxRetryDelayMs?: number;
  /** Silence after which the stream counts as dead; 45,000 by default, three heartbeats. */
  readonly silenceLimitMs?: number;
  /** How long a request may take before it is given up and tried again; 60,000 by default, and 1 more for each 16 bytes sent. */
  readonly requestTimeoutMs?: number;
  /** How long a context that nobody looks at any more is kept true; 5,000 by default. */
  readonly lingerMs?: number;
}
