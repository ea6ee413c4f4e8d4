// GitHub Copilot: logging in, what is kept of that, and calls with tokens that live for minutes. GitHub and Copilot are
// one server of the test's own.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { ContextClient } from '../support/context-client.js';
import { answer } from '../support/fake-upstream.js';
import { FakeGithub, githubToken, userCode } from '../support/fake-github.js';
import { pullcord } from '../support/pullcord.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let github: FakeGithub;
let dataDir = '';
const folder = mkdtempSync(join(tmpdir(), 'pullcord-copilot-'));
const servers: TestServer[] = [];
beforeEach(async () => {
  github = await FakeGithub.start();
  dataDir = mkdtempSync(join(folder, 'data-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await github.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loginFile = (): string => join(dataDir, 'copilot-login.json');
const auth = (...args: readonly string[]) =>
  pullcord(['auth', 'copilot', ...args], { env: { ...github.env, PULLCORD_DATA_DIR: dataDir } });

/** A server whose only provider beside the scripted one is Copilot, logged in or not. */
async function start({ isLoggedIn = true } = {}): Promise<TestServer> {
  if (isLoggedIn) writeLoginFile();
  const server = await startServer({
    env: {
      ...github.env,
      PULLCORD_DATA_DIR: dataDir,
      PULLCORD_PROVIDERS: JSON.stringify({ pilot: { type: 'copilot', models: ['gpt-4o'] } }),
      PULLCORD_MODEL_RETRY_BASE_MS: '10',
      PULLCORD_COPILOT_RETRY_BASE_MS: '10',
    },
  });
  servers.push(server);
  return server;
}

const writeLoginFile = (mode = 0o600): void => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(loginFile(), JSON.stringify({ github_token: githubToken }), { mode });
};

const begin = (server: TestServer): Promise<ContextClient> =>
  ContextClient.begin(server, { model: 'pilot/gpt-4o' });
const chats = () => github.requests('/copilot/chat/completions');

/** Nothing that anybody is shown, or that is logged, has a token in it. */
function expectNoSecrets(server: TestServer): void {
  const shown = JSON.stringify(server.logs) + server.stderr;
  for (const secret of [githubToken, ...github.sessions]) expect(shown).not.toContain(secret);
}

it('logs in by a code that the user enters at GitHub, and keeps the token for the owner of the folder alone', async () => {
  github.pending.push({ error: 'authorization_pending' }, { error: 'authorization_pending' });
  const { code, stdout, stderr } = await auth();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Enter the code ${userCode} at ${github.server.origin}/login/device\n`);
  expect(stdout).toMatch(/\nLogged in\. /);
  expect(stdout).not.toContain(githubToken);
  expect(statSync(loginFile()).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(loginFile(), 'utf8'))).toEqual({ github_token: githubToken });
  expect(readdirSync(dataDir)).toEqual(['copilot-login.json']);
  const [, asked] = github.requests('/login/oauth/access_token');
  expect(asked?.body).toMatchObject({
    device_code: 'the-device-code',
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
  });
});

it('says why nobody was let in, and then keeps the login that there was', async () => {
  writeLoginFile();
  github.pending.push({ error: 'access_denied' });
  const { code, stderr } = await auth();
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'The login was cancelled at GitHub.\n' });
  expect(JSON.parse(readFileSync(loginFile(), 'utf8'))).toEqual({ github_token: githubToken });
});

it('forgets a login', async () => {
  writeLoginFile();
  expect((await auth('--forget')).stdout).toMatch(/^Forgotten\. /);
  expect(readdirSync(dataDir)).toEqual([]);
  expect(await auth('--forget')).toMatchObject({ code: 0, stdout: 'There was no login to forget.\n' });
});

it('answers with the token that the login was exchanged for, asked for once and for all calls', async () => {
  const server = await start();
  expect(github.server.calls).toEqual([]);
  const [one, other] = [await begin(server), await begin(server)];
  await Promise.all([one.exchange('Hello?'), other.exchange('Anybody?')]);
  expect((await one.answer()).data).toMatchObject({ content: 'Hello from the copilot.' });
  expect(github.sessions).toHaveLength(1);
  for (const { headers, body } of chats()) {
    expect(headers).toMatchObject({
      authorization: `Bearer ${github.newest}`,
      'editor-version': expect.stringMatching(/^Pullcord\/\d/) as string,
      'copilot-integration-id': 'vscode-chat',
      'x-initiator': 'user',
    });
    expect(headers).not.toHaveProperty('copilot-vision-request');
    expect(JSON.stringify([headers, body])).not.toContain(githubToken);
    expect(body).toMatchObject({ model: 'gpt-4o', stream: true });
  }
  expectNoSecrets(server);
});

it('refreshes the token before it ends, call or no call, and outlives a GitHub that fails for a while', async () => {
  Object.assign(github, { lifetime: 60, refreshIn: 1 });
  const server = await start();
  const context = await begin(server);
  await context.exchange('Hello?');
  github.refusals.push(503, 502);
  await until(() => github.refusals.length === 0, { what: 'two exchanges that fail' });
  const before = github.sessions.length;
  await until(() => github.sessions.length > before, { what: 'another token' });
  await context.exchange('Still there?');
  expect(chats().at(-1)?.headers.authorization).not.toBe(`Bearer ${github.sessions[0]}`);
  const warned = () => server.logs.filter(({ msg }) => msg?.includes('was not refreshed'));
  await until(() => warned().length === 2, { what: 'a warning for each' });
  expectNoSecrets(server);
});

it('takes another token where Copilot does not take the one it has, once', async () => {
  const context = await begin(await start());
  await context.exchange('Hello?');
  github.revoked.add(github.newest);
  await context.exchange('And now?');
  expect((await context.state()).type).toBe('awaiting_user');
  expect(github.sessions).toHaveLength(2);
  expect(chats().map(({ headers }) => headers.authorization)).toEqual(
    [0, 0, 1].map((at) => `Bearer ${github.sessions[at]}`),
  );
});

it('does not try for ever when Copilot takes no token at all', async () => {
  const server = await start();
  const context = await begin(server);
  await context.exchange('Hello?');
  github.chat = () => answer('Not for you.');
  github.takesNone = true;
  await context.exchange('And now?');
  expect(await context.state()).toMatchObject({ type: 'error', code: 'upstream_rejected', retryable: false });
  expect(github.sessions).toHaveLength(2);
  expectNoSecrets(server);
});

it('tells the user to log in where nobody has, and needs no restart for it', async () => {
  const server = await start({ isLoggedIn: false });
  const context = await begin(server);
  await context.exchange('Hello?');
  expect(await context.state()).toMatchObject({
    type: 'error',
    code: 'upstream_rejected',
    message: 'Nobody has logged in to GitHub Copilot yet: `pullcord auth copilot` does it.',
  });
  expect(github.server.calls).toEqual([]);
  expect((await auth()).code).toBe(0);
  await context.act('retry');
  await context.settled();
  expect((await context.state()).type).toBe('awaiting_user');
});

it.each([
  [401, 'GitHub does not know the login any more: `pullcord auth copilot` makes a new one.'],
  [403, 'The user who has logged in may not use GitHub Copilot.'],
])('says what GitHub means by %i, and asks it no more by itself', async (status, message) => {
  const server = await start();
  github.refusals.push(status);
  const context = await begin(server);
  await context.exchange('Hello?');
  expect(await context.state()).toMatchObject({ type: 'error', code: 'upstream_rejected', message });
  expect(github.requests('/copilot_internal/v2/token')).toHaveLength(1);
  expectNoSecrets(server);
});

it.skipIf(process.platform === 'win32')('does not use a login that others can read', async () => {
  const server = await start({ isLoggedIn: false });
  writeLoginFile(0o644);
  const context = await begin(server);
  await context.exchange('Hello?');
  expect(await context.state()).toMatchObject({
    type: 'error',
    message:
      'The file copilot-login.json in the data folder can be read by other users of the machine: chmod 600 it.',
  });
  expect(github.server.calls).toEqual([]);
});
