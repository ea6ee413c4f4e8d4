import { setTimeout as sleep } from 'node:timers/promises';
import { ModelError } from '../model-error.js';
import { askJson, type JsonAnswer } from './ask-json.js';
import { isToken } from './login-file.js';

export interface GithubApp {
  /** Where users log in, such as `https://github.com`. */
  readonly url: string;
  readonly clientId: string;
  /** For one request. */
  readonly timeoutMs: number;
}

/** What the user is to enter, and where. */
export interface DeviceCode {
  readonly userCode: string;
  readonly verificationUrl: string;
  readonly deviceCode: string;
  readonly lifetimeMs: number;
  readonly intervalMs: number;
}

/** GitHub will not let this user in by this code; the message says why. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused';
}

/** RFC 8628 §3.2: five seconds where the server does not say; §3.5: five more each time it wants fewer questions. */
const usualIntervalMs = 5_000;
/** A server that asks for none is not asked without end. */
const shortestIntervalMs = 100;
const longestLifetimeMs = 3_600_000;

/** RFC 8628 §3.1. Throws LoginRefused, or a ModelError when GitHub cannot be asked. */
export async function beginLogin(app: GithubApp, abort: AbortSignal): Promise<DeviceCode> {
  const { status, body } = await ask(app, '/login/device/code', { scope: 'read:user' }, abort);
  const { device_code, user_code, verification_uri, expires_in, interval } = body;
  if (status !== 200 || !isToken(device_code) || !isToken(user_code) || !isUrl(verification_uri))
    throw new LoginRefused(`GitHub gave no code to log in with (${reasonOf({ status, body })}).`);
  return {
    userCode: user_code,
    verificationUrl: verification_uri,
    deviceCode: device_code,
    lifetimeMs: Math.min(longestLifetimeMs, msOf(expires_in) ?? longestLifetimeMs),
    intervalMs: Math.max(shortestIntervalMs, msOf(interval) ?? usualIntervalMs),
  };
}

/**
 * RFC 8628 §3.4 and §3.5: asks again and again, as often as GitHub likes it, until the user has let this program in; the
 * token that GitHub then gives. Throws LoginRefused when that will not happen any more, `abort.reason` when aborted.
 */
export async function awaitLogin(
  app: GithubApp,
  { deviceCode, lifetimeMs, intervalMs: begun }: DeviceCode,
  abort: AbortSignal,
  wait: (ms: number, abort: AbortSignal) => Promise<void> = pause,
): Promise<string> {
  const question = { device_code: deviceCode, grant_type: 'urn:ietf:params:oauth:grant-type:device_code' };
  let intervalMs = begun;
  for (let waitedMs = 0; waitedMs <= lifetimeMs; waitedMs += intervalMs) {
    await wait(intervalMs, abort);
    const answer = await ask(app, '/login/oauth/access_token', question, abort).catch(unlessUnreachable);
    if (isToken(answer?.body.access_token)) return answer.body.access_token;
    switch (answer?.body.error) {
      case 'authorization_pending':
        break;
      case 'slow_down':
        intervalMs += usualIntervalMs;
        break;
      case 'access_denied':
        throw new LoginRefused('The login was cancelled at GitHub.');
      case 'expired_token':
        throw expired();
      default:
        if (answer && answer.status < 500)
          throw new LoginRefused(`GitHub gave no token (${reasonOf(answer)}).`);
        // It is down, or the network is: less often, and until the code has expired.
        intervalMs *= 2;
    }
  }
  throw expired();
}

const ask = (app: GithubApp, path: string, body: object, abort: AbortSignal): Promise<JsonAnswer> =>
  askJson(
    new URL(path, app.url).href,
    { method: 'POST', body: { client_id: app.clientId, ...body } },
    app.timeoutMs,
    abort,
  );

function unlessUnreachable(error: unknown): undefined {
  if (error instanceof ModelError && error.retryable) return undefined;
  throw error;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });

const expired = (): LoginRefused => new LoginRefused('The code has expired before anybody entered it.');

const reasonOf = ({ status, body }: JsonAnswer): string =>
  typeof body.error === 'string' && /^\w{1,64}$/.test(body.error) ? body.error : String(status);

const msOf = (seconds: unknown): number | undefined =>
  typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined;

const isUrl = (value: unknown): value is string =>
  isToken(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
