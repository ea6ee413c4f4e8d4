import { ModelError } from '../model-error.js';
import { askJson } from './ask-json.js';
import { isToken, readLogin } from './login-file.js';

/** What Copilot's own server takes, for half an hour or so. */
export interface Session {
  readonly token: string;
  /** The server that takes it, where GitHub says; without a slash at its end. */
  readonly api: string | undefined;
  /** How long it is good, from now. */
  readonly lifetimeMs: number;
  /** When it is to be exchanged for the next one, from now, where GitHub says. */
  readonly refreshMs: number | undefined;
}

export interface ExchangeOptions {
  readonly dataDir: string;
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** By the clock of a machine that is wrong, a token may have ended before it came: GitHub's own word for when to come again goes first. */
const afterRefreshMs = 60_000;

/**
 * A session for the user who has logged in: the login is read anew each time, so that a new one counts at once. Throws a
 * ModelError: one that is worth another try, or one that says that the user has to do something.
 */
export async function exchange(
  { dataDir, apiUrl, timeoutMs, headers }: ExchangeOptions,
  now: number,
  abort: AbortSignal,
): Promise<Session> {
  const login = await readLogin(dataDir);
  if (login === undefined)
    throw refusal('Nobody has logged in to GitHub Copilot yet: `pullcord auth copilot` does it.', 401);
  const url = `${apiUrl.replace(/\/+$/, '')}/copilot_internal/v2/token`;
  const asked = { method: 'GET', headers: { ...headers, authorization: `token ${login}` } } as const;
  const { status, body } = await askJson(url, asked, timeoutMs, abort);
  if (status === 401)
    throw refusal(
      'GitHub does not know the login any more: `pullcord auth copilot` makes a new one.',
      status,
    );
  if (status === 403 || status === 404)
    throw refusal('The user who has logged in may not use GitHub Copilot.', status);
  const { token, expires_at, refresh_in } = body;
  if (status !== 200 || !isToken(token) || typeof expires_at !== 'number')
    throw new ModelError('upstream_error', `GitHub gave no token for Copilot (${status}).`, {
      retryable: true,
      status,
    });
  const refreshMs = typeof refresh_in === 'number' && refresh_in > 0 ? refresh_in * 1000 : undefined;
  return {
    token,
    api: apiIn(body.endpoints),
    refreshMs,
    lifetimeMs: refreshMs === undefined ? expires_at * 1000 - now : refreshMs + afterRefreshMs,
  };
}

function apiIn(endpoints: unknown): string | undefined {
  const api: unknown = typeof endpoints === 'object' && endpoints && 'api' in endpoints ? endpoints.api : '';
  return typeof api === 'string' && URL.canParse(api) ? api.replace(/\/+$/, '') : undefined;
}

/** Of this status, whoever has said it: with it another model may stand in. */
const refusal = (message: string, status: number): ModelError =>
  new ModelError('upstream_rejected', message, { retryable: false, status });
