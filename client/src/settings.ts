import type { PullcordOptions } from './options.js';

/** The options with everything that was left out. */
export interface Settings extends Required<Omit<PullcordOptions, 'token'>> {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** The token for the next request. */
  readonly token: () => Promise<string | undefined>;
  /** Whether asking again may give another token. */
  readonly canTokenChange: boolean;
}

/** Throws when there is neither a `baseUrl` nor a page that has an origin. */
export function resolveOptions(options: PullcordOptions): Settings {
  const { token, baseUrl = globalThis.location?.origin } = options;
  if (!baseUrl || baseUrl === 'null') throw new TypeError('Pullcord needs a baseUrl where there is no page.');
  return {
    // Called without a receiver, as browsers want it.
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    shareConnection: options.shareConnection ?? true,
    pageSize: options.pageSize ?? 50,
    maxRetryDelayMs: options.maxRetryDelayMs ?? 30_000,
    silenceLimitMs: options.silenceLimitMs ?? 45_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    lingerMs: options.lingerMs ?? 5_000,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    token: async () => (typeof token === 'function' ? token() : token),
    canTokenChange: typeof token === 'function',
  };
}
