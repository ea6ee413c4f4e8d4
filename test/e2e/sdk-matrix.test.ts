// The official clients, as their users have them, against providers of every dialect.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/providers/language-model.js';
import { aiSdkClients } from '../support/sdk-clients/ai-sdk.js';
import { anthropic } from '../support/sdk-clients/anthropic.js';
import { openAiChat } from '../support/sdk-clients/openai-chat.js';
import { openAiResponses } from '../support/sdk-clients/openai-responses.js';
import { GatewayStand, standProviders } from '../support/transcripts/gateway-stand.js';
import type { Plan } from '../support/upstream-plan.js';
import { calling, refusalIn, saying, speak, thinking, type Spoken } from '../support/upstreams/speak.js';

/** Said in whichever dialect the provider is asked in. */
const spoken =
  (answer: Spoken) =>
  (dialect: Dialect): Plan =>
    speak(dialect, answer);

const clients = [openAiChat, openAiResponses, anthropic, ...aiSdkClients];

let stand: GatewayStand;
beforeAll(async () => {
  stand = await GatewayStand.open();
});
afterAll(() => stand.close());

describe.each(clients)('$name', (client) => {
  describe.each(standProviders)('with a provider that speaks as $name', ({ name: provider, dialect }) => {
    const talk = (wish: Parameters<typeof client.talk>[2]) =>
      client.talk(stand.server.url, stand.model(provider), wish);
    const lastRequest = (): string =>
      JSON.stringify(stand.upstream(provider).calls.at(-1)?.request.body ?? null);

    it('streams text, and says what was used', async () => {
      const usage = { prompt: 100, completion: 20, cached: 60 };
      stand.answer(provider, spoken({ blocks: [saying('Good', ' day', ' 🙂')], usage }));

      await expect(talk({ text: 'Hello?' })).resolves.toMatchObject({
        texts: ['Good', ' day', ' 🙂'],
        calls: [],
        usage: { input: 100, output: 20 },
      });
    });

    it('streams parallel tool calls, and gives their results back', async () => {
      stand.answer(
        provider,
        spoken({
          blocks: [
            saying('One moment.'),
            calling({ id: 'call_a', name: 'clock', arguments: ['{"zo', 'ne":"UTC"}'] }),
            calling({ id: 'call_b', name: 'moon', arguments: ['{}'] }),
          ],
        }),
        spoken({ blocks: [saying('Noon,', ' and full.')] }),
      );
      const said = await talk({ text: 'Time and moon?', tools: { clock: '12:00', moon: 'full' } });

      expect(said.calls).toEqual([
        { id: 'call_a', name: 'clock', input: { zone: 'UTC' } },
        { id: 'call_b', name: 'moon', input: {} },
      ]);
      expect(said.texts).toEqual(['Noon,', ' and full.']);
      expect(lastRequest()).toContain('12:00');
      expect(lastRequest()).toContain('full');
    });

    it('streams thinking, and gives it back to whoever can read it', async () => {
      const call = calling({ id: 'call_a', name: 'clock', arguments: ['{}'] });
      stand.answer(
        provider,
        spoken({ blocks: [thinking('Let me', ' see.'), call] }),
        spoken({ blocks: [saying('Noon.')] }),
      );
      const said = await talk({ text: 'Time?', tools: { clock: '12:00' }, isThinking: true });

      expect(said.thinking).toBe(client.isThinkingShown ? 'Let me see.' : '');
      expect(said.texts).toEqual(['Noon.']);
      const seal = { chat_completions: undefined, responses: 'ZW5jcnlwdGVk', messages: 'c2lnbmVk' }[dialect];
      if (client.dialect === dialect && seal !== undefined) expect(lastRequest()).toContain(seal);
    });

    it('sends an image', async () => {
      stand.answer(provider, spoken({ blocks: [saying('A dot.')] }));
      const said = await talk({ text: 'What is this?', imageBase64: 'iVBORw0KGgo=' });

      expect(said.texts).toEqual(['A dot.']);
      expect(lastRequest()).toContain('iVBORw0KGgo=');
      expect(lastRequest()).toContain('image/png');
    });

    it('gets JSON of a schema', async () => {
      stand.answer(provider, spoken({ blocks: [saying('{"mood"', ':"good"}')] }));
      const schema = {
        type: 'object',
        properties: { mood: { type: 'string' } },
        required: ['mood'],
        additionalProperties: false,
      };
      const said = await talk({ text: 'How are you?', schema });

      expect(JSON.parse(said.texts.join(''))).toEqual({ mood: 'good' });
      expect(lastRequest()).toContain('"mood":{"type":"string"}');
    });

    it('is told of a failure as its own vendor would tell it', async () => {
      stand.answer(provider, (asked) => refusalIn(asked, 400, 'That is not how one asks.'));

      await expect(talk({ text: 'Hello?' })).rejects.toThrow('That is not how one asks.');
    });
  });
});
