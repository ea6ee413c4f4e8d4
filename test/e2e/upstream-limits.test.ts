// Upstreams that cannot be reached or fall silent, and keys that must stay where they are.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContextClient, startServerOn, transitionsUntil } from '../support/context-client.js';
import {
  answer,
  errorEvent,
  FakeUpstream,
  partial,
  refusal,
  stall,
  tooMany,
} from '../support/fake-upstream.js';
import { caller } from '../support/http.js';

let upstream: FakeUpstream;
beforeEach(async () => {
  upstream = await FakeUpstream.start();
});
afterEach(() => upstream.close());

describe('an upstream where nobody listens', () => {
  it('is tried as often as the settings say, and then the run has failed', async () => {
    const server = await startServerOn(
      { url: await FakeUpstream.refusedUrl() },
      { PULLCORD_MODEL_MAX_ATTEMPTS: '3' },
    );
    const context = await ContextClient.begin(server);
    const stream = await context.follow();
    await context.exchange('Anyone?');

    expect(await context.state()).toEqual({
      type: 'error',
      code: 'connect_failed',
      message: 'The provider "openai" cannot be reached (ECONNREFUSED).',
      retryable: true,
    });
    const { revision } = await context.whole();
    const attempts = (await transitionsUntil(stream, revision)).filter(
      ({ new_state }) => new_state.type === 'awaiting_llm',
    );
    expect(attempts).toHaveLength(3);
    expect(await context.transcript()).toEqual(['user: Anyone?']);
    stream.destroy();
  });
});

describe('an upstream that falls silent', () => {
  it('before its first chunk is given up, and not asked again: the patience is spent', async () => {
    const server = await startServerOn(upstream, { PULLCORD_MODEL_FIRST_CHUNK_TIMEOUT_MS: '200' });
    const context = await ContextClient.begin(server);
    upstream.enqueue({ headersAfterMs: 3_600_000 });
    await context.exchange('Hello?');

    expect(await context.state()).toMatchObject({ type: 'error', code: 'first_chunk_timeout' });
    expect(await context.transcript()).toEqual(['user: Hello?']);
    expect(upstream.calls).toHaveLength(1);
    await expect(upstream.calls[0]?.closedByClient).resolves.toBe(true);
  });

  it('in the middle of its answer is given up, with the text kept', async () => {
    const server = await startServerOn(upstream, { PULLCORD_MODEL_IDLE_TIMEOUT_MS: '1000' });
    const context = await ContextClient.begin(server);
    upstream.enqueue(partial('Let me', stall), answer('Let me think.'));
    await context.exchange('Hello?');

    expect(await context.state()).toMatchObject({ type: 'error', code: 'idle_timeout', retryable: true });
    expect(await context.answer()).toMatchObject({ status: 'failed', data: { content: 'Let me' } });
    expect(upstream.calls).toHaveLength(1);
    await expect(upstream.calls[0]?.closedByClient).resolves.toBe(true);
    await context.act('retry');
    await context.settled();
    expect((await context.answer()).data.content).toBe('Let me think.');
  });
});

describe('the key of an upstream', () => {
  const key = 'sk-proj-Q7secretsecretsecret';
  const password = 'pa55-w0rd-of-the-url';

  it('is sent to it, and is in no answer, signal or log line, though the upstream repeats it', async () => {
    const url = upstream.url.replace('//', `//user:${password}@`);
    const server = await startServerOn(
      { url },
      { OPENAI_API_KEY: key, PULLCORD_LOG_LEVEL: 'trace', PULLCORD_MODEL_MAX_ATTEMPTS: '2' },
    );
    const context = await ContextClient.begin(server);
    const stream = await context.follow();
    const told = `Bearer ${key} of user:${password}@host is wrong`;
    const shown: unknown[] = [];
    for (const plans of [
      [refusal(401, told)],
      [refusal(400, told)],
      [refusal(500, told), refusal(500, told)],
      [tooMany('9999')],
      [partial('Hm', errorEvent(told, key))],
    ]) {
      upstream.enqueue(...plans);
      await context.exchange('Hello?');
      shown.push(await context.whole(), await context.messages(), await context.state());
    }
    upstream.enqueue(refusal(401, told));
    shown.push(await context.act('generate_title'));
    await stream.nextSignal('context_updated');
    const api = caller(server);
    for (const path of ['/', '/contexts', `${context.path}/metadata`, '/health/live', '/health/ready'])
      shown.push(await api.get(path));
    shown.push(await context.ask('send_message', { content: 'Hi.', model: 'nobody/nothing' }));
    await server.stop();

    expect(upstream.calls[0]?.request.headers.authorization).toBe(`Bearer ${key}`);
    expect(server.logs.length).toBeGreaterThan(10);
    for (const told of [JSON.stringify(shown), stream.raw, JSON.stringify(server.logs), server.stderr]) {
      expect(told).not.toContain(key);
      expect(told).not.toContain(password);
      expect(told).not.toContain('secretsecret');
    }
    expect(shown[2]).toMatchObject({ type: 'error', code: 'upstream_rejected' });
  });
});
