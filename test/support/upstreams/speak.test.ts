import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects } from '../../../src/providers/language-model.js';
import { FakeUpstream, json, stall } from '../fake-upstream.js';
import { hosted } from './routes.js';
import { beginIn, calling, failureIn, refusalIn, saying, speak, thinking, type Spoken } from './speak.js';

let upstream: FakeUpstream;
beforeEach(async () => {
  upstream = await FakeUpstream.start();
});
afterEach(() => upstream.close());

const openai = (): OpenAI => new OpenAI({ baseURL: upstream.url, apiKey: 'k', maxRetries: 0 });
const anthropic = (): Anthropic => new Anthropic({ baseURL: upstream.origin, apiKey: 'k', maxRetries: 0 });

const spoken: Spoken = {
  blocks: [
    thinking('Let me', ' see.'),
    saying('It is', ' naïve 🙂'),
    calling({ id: 'call_1', name: 'clock', arguments: ['{"zone"', ':"UTC"}'] }),
    calling({ id: 'call_2', name: 'moon', arguments: ['{}'] }),
  ],
  usage: { prompt: 20, completion: 7, cached: 5, reasoning: 3 },
};

const words = [{ role: 'user' as const, content: 'Hi' }];

describe('an answer in each dialect is what its official SDK reads', () => {
  it.each([true, false])('chat completions, streamed: %s', async (isStreamed) => {
    upstream.enqueue(speak('chat_completions', spoken));
    const call = { model: 'm', messages: words };
    const answer = isStreamed
      ? await openai().chat.completions.stream(call).finalChatCompletion()
      : await openai().chat.completions.create(call);

    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'It is naïve 🙂',
        tool_calls: [
          { id: 'call_1', function: { name: 'clock', arguments: '{"zone":"UTC"}' } },
          { id: 'call_2', function: { name: 'moon', arguments: '{}' } },
        ],
      },
    });
    expect(answer.usage).toMatchObject({
      prompt_tokens: 20,
      completion_tokens: 7,
      prompt_tokens_details: { cached_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 3 },
    });
  });

  it.each([true, false])('Responses, streamed: %s', async (isStreamed) => {
    upstream.enqueue(speak('responses', spoken));
    const call = { model: 'm', input: 'Hi' };
    const answer = isStreamed
      ? await openai().responses.stream(call).finalResponse()
      : await openai().responses.create(call);

    expect(answer).toMatchObject({
      status: 'completed',
      output_text: 'It is naïve 🙂',
      output: [
        { type: 'reasoning', summary: [{ text: 'Let me see.' }], encrypted_content: 'ZW5jcnlwdGVk' },
        { type: 'message' },
        { type: 'function_call', call_id: 'call_1', arguments: '{"zone":"UTC"}' },
        { type: 'function_call', call_id: 'call_2', arguments: '{}' },
      ],
      usage: { input_tokens: 20, input_tokens_details: { cached_tokens: 5 }, output_tokens: 7 },
    });
  });

  it.each([true, false])('Messages, streamed: %s', async (isStreamed) => {
    upstream.enqueue(speak('messages', spoken));
    const call = { model: 'm', max_tokens: 9, messages: words };
    const answer = isStreamed
      ? await anthropic().messages.stream(call).finalMessage()
      : await anthropic().messages.create(call);

    expect(answer).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Let me see.', signature: 'c2lnbmVk' },
        { type: 'text', text: 'It is naïve 🙂' },
        { type: 'tool_use', id: 'call_1', name: 'clock', input: { zone: 'UTC' } },
        { type: 'tool_use', id: 'call_2', name: 'moon', input: {} },
      ],
      usage: { input_tokens: 15, cache_read_input_tokens: 5, output_tokens: 7 },
    });
  });

  it.each(dialects)('%s, refused, failed in mid-stream and cut off', async (dialect) => {
    upstream.enqueue(
      refusalIn(dialect, 400, 'No'),
      beginIn(dialect, { blocks: [saying('So', ' far')] }, failureIn(dialect, 'Boom')),
      beginIn(dialect, { blocks: [saying('So', ' far')] }, { type: 'die' }),
      beginIn(dialect, { blocks: [saying('So', ' far')] }, stall),
    );
    let said = '';
    const ask = async (abort?: AbortController): Promise<void> => {
      said = '';
      for await (const text of texts(dialect, abort?.signal)) {
        said += text;
        if (said === 'So far') abort?.abort();
      }
    };

    await expect(ask()).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('No') as string,
    });
    await expect(ask()).rejects.toThrow('Boom');
    expect(said).toBe('So far');
    await expect(ask()).rejects.toThrow();
    expect(said).toBe('So far');
    await ask(new AbortController()).catch(() => undefined);
    await expect((await upstream.call(3)).closedByClient).resolves.toBe(true);
    expect((await upstream.call(3)).text).toBe('So far');
  });
});

/** The pieces of text of a streamed answer, as the SDK of the dialect gives them. */
async function* texts(dialect: (typeof dialects)[number], signal?: AbortSignal): AsyncGenerator<string> {
  switch (dialect) {
    case 'chat_completions': {
      const call = { model: 'm', messages: words, stream: true } as const;
      for await (const chunk of await openai().chat.completions.create(call, { signal }))
        yield chunk.choices[0]?.delta.content ?? '';
      return;
    }
    case 'responses': {
      const call = { model: 'm', input: 'Hi', stream: true } as const;
      for await (const event of await openai().responses.create(call, { signal })) {
        if (event.type === 'response.output_text.delta') yield event.delta;
        // The SDK leaves this to its caller.
        if (event.type === 'error') throw new Error(event.message);
      }
      return;
    }
    case 'messages': {
      const call = { model: 'm', max_tokens: 9, messages: words, stream: true } as const;
      for await (const event of await anthropic().messages.create(call, { signal }))
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text;
    }
  }
}

describe('a host', () => {
  const post = async (
    path: string,
    headers: Record<string, string>,
    body: object = {},
  ): Promise<unknown[]> => {
    const answer = await fetch(upstream.origin + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return [answer.status, await answer.json()];
  };

  it('knows its routes, its keys and what it demands', async () => {
    const plans = { openai: 'k1', anthropic: 'k2', azure: 'k3' } as const;
    const as = (host: keyof typeof plans): void => {
      upstream.on(hosted(host, plans[host], (_request, asked) => json(asked)));
    };
    as('openai');
    const bearer = { authorization: 'Bearer k1' };
    expect(await post('/v1/responses', bearer, { model: 'm' })).toMatchObject([200, { target: 'responses' }]);
    expect(await post('/v1/responses', bearer)).toMatchObject([400, {}]);
    expect(await post('/responses', bearer, { model: 'm' })).toMatchObject([404, {}]);
    expect(await post('/v1/responses', { 'api-key': 'k1' }, { model: 'm' })).toMatchObject([401, {}]);

    as('anthropic');
    const versioned = { 'x-api-key': 'k2', 'anthropic-version': '2023-06-01' };
    const body = { model: 'm', max_tokens: 5 };
    expect(await post('/v1/messages', versioned, body)).toMatchObject([200, { target: 'messages' }]);
    expect(await post('/v1/messages', versioned, { model: 'm' })).toMatchObject([400, { type: 'error' }]);
    expect(await post('/v1/messages', { 'x-api-key': 'k2' }, body)).toMatchObject([400, { type: 'error' }]);

    as('azure');
    const key = { 'api-key': 'k3' };
    expect(await post('/openai/v1/responses', key, { model: 'd' })).toMatchObject([
      200,
      { target: 'responses' },
    ]);
    const deployed = '/openai/deployments/my%20gpt/chat/completions';
    expect(await post(`${deployed}?api-version=2025-01-01`, key)).toMatchObject([
      200,
      { target: 'chat_completions', deployment: 'my gpt', apiVersion: '2025-01-01' },
    ]);
    expect(await post(deployed, key)).toMatchObject([400, {}]);
    expect(await post('/v1/chat/completions', key, { model: 'd' })).toMatchObject([404, {}]);
  });
});
