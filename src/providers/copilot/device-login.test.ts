import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeUpstream, json } from '../../../test/support/fake-upstream.js';
import { awaitLogin, beginLogin, LoginRefused, type DeviceCode, type GithubApp } from './device-login.js';

let upstream: FakeUpstream;
beforeEach(async () => {
  upstream = await FakeUpstream.start();
});
afterEach(() => upstream.close());

const app = (url = upstream.origin): GithubApp => ({ url, clientId: 'an-app', timeoutMs: 5_000 });
const { signal } = new AbortController();
const code: DeviceCode = {
  userCode: 'AB-CD',
  verificationUrl: 'https://example.com/device',
  deviceCode: 'device',
  lifetimeMs: 60_000,
  intervalMs: 5_000,
};

describe('the beginning of a login', () => {
  const whole = { device_code: 'd', user_code: 'AB-CD', verification_uri: 'https://example.com/device' };

  it('asks as the app, and keeps to what RFC 8628 says where GitHub says nothing', async () => {
    upstream.enqueue(json(whole));
    const begun = await beginLogin(app(), signal);
    expect(begun).toMatchObject({ userCode: 'AB-CD', deviceCode: 'd', intervalMs: 5_000 });
    const [call] = upstream.calls;
    expect(call?.request).toMatchObject({
      path: '/login/device/code',
      body: { client_id: 'an-app', scope: 'read:user' },
    });
  });

  it('never asks without a pause, nor for more than an hour', async () => {
    upstream.enqueue(json({ ...whole, interval: 0, expires_in: 86_400 }));
    expect(await beginLogin(app(), signal)).toMatchObject({ intervalMs: 100, lifetimeMs: 3_600_000 });
  });

  it.each([
    [json({ error: 'device_flow_disabled' }, 400), 'device_flow_disabled'],
    [json({ error: 'a sentence <script>' }, 400), '400'],
    [json({ ...whole, user_code: '\u001b[2J' }), '200'],
    [json({ ...whole, verification_uri: 'javascript:alert(1)' }), '200'],
    [json({ ...whole, device_code: 7 }), '200'],
    [json([], 404), '404'],
  ])('is refused by %j', async (plan, why) => {
    upstream.enqueue(plan);
    const refused = beginLogin(app(), signal);
    await expect(refused).rejects.toThrow(new LoginRefused(`GitHub gave no code to log in with (${why}).`));
  });

  it('tells of a GitHub that cannot be reached without its address', async () => {
    const refused = beginLogin(app('http://127.0.0.1:1'), signal);
    await expect(refused).rejects.toMatchObject({
      code: 'connect_failed',
      message: 'GitHub cannot be reached (ECONNREFUSED).',
    });
  });
});

describe('the wait for the user', () => {
  /** How long it waited before each question, and how it ended. */
  async function waits(...answers: readonly (readonly [object, number?])[]) {
    upstream.enqueue(...answers.map(([body, status]) => json(body, status)));
    const waited: number[] = [];
    const wait = (ms: number): Promise<void> => {
      waited.push(ms);
      return Promise.resolve();
    };
    const end = await awaitLogin(app(), code, signal, wait).catch((error: unknown) => error);
    return { waited, end };
  }

  it('asks again in GitHub’s own time, slower when it is told to, until there is a token', async () => {
    const pending = [{ error: 'authorization_pending' }] as const;
    const { waited, end } = await waits(pending, [{ error: 'slow_down' }], pending, [
      { access_token: 'ghu_1' },
    ]);
    expect(waited).toEqual([5_000, 5_000, 10_000, 10_000]);
    expect(end).toBe('ghu_1');
  });

  it('goes on when GitHub is down for a while, less often', async () => {
    const { waited, end } = await waits([{}, 503], [{}, 502], [{ access_token: 'ghu_1' }]);
    expect(waited).toEqual([5_000, 10_000, 20_000]);
    expect(end).toBe('ghu_1');
  });

  it('ends with the code, whatever GitHub says', async () => {
    upstream.on(() => json({ error: 'authorization_pending' }));
    const { waited, end } = await waits();
    expect(waited).toHaveLength(13);
    expect(end).toEqual(new LoginRefused('The code has expired before anybody entered it.'));
  });

  it.each([
    ['access_denied', 'The login was cancelled at GitHub.'],
    ['expired_token', 'The code has expired before anybody entered it.'],
    ['incorrect_client_credentials', 'GitHub gave no token (incorrect_client_credentials).'],
  ])('ends at %s', async (error, message) => {
    expect((await waits([{ error }])).end).toEqual(new LoginRefused(message));
  });

  it('ends with its caller', async () => {
    const stop = new AbortController();
    upstream.on(() => json({ error: 'authorization_pending' }));
    const wait = awaitLogin(app(), { ...code, intervalMs: 60_000 }, stop.signal);
    stop.abort();
    await expect(wait).rejects.toThrow();
    expect(upstream.calls).toEqual([]);
  });
});
