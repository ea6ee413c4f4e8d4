import Anthropic from '@anthropic-ai/sdk';
import type { ContentBlockParam, MessageParam } from '@anthropic-ai/sdk/resources/messages';
import { rounds, toolSchema, type Said, type SdkClient, type Wish } from './sdk-client.js';

interface Round extends Said {
  readonly history: readonly MessageParam[];
}

export const anthropic: SdkClient = {
  name: '@anthropic-ai/sdk',
  dialect: 'messages',
  isThinkingShown: true,
  talk: (url, model, wish) =>
    rounds<Round>((last) => {
      const content: ContentBlockParam[] = (last?.calls ?? []).map(({ id, name }) => ({
        type: 'tool_result',
        tool_use_id: id,
        content: wish.tools?.[name] ?? '',
      }));
      return ask(url, model, wish, last ? [...last.history, { role: 'user', content }] : [question(wish)]);
    }),
};

async function ask(url: string, model: string, wish: Wish, messages: MessageParam[]): Promise<Round> {
  const client = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 });
  const stream = client.messages.stream({ model, messages, max_tokens: 4096, ...options(wish) });
  const texts: string[] = [];
  let thinking = '';
  stream.on('text', (delta) => texts.push(delta)).on('thinking', (delta) => (thinking += delta));
  const { content, usage } = await stream.finalMessage();
  return {
    texts,
    thinking,
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    usage: {
      input:
        usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      output: usage.output_tokens,
    },
    history: [...messages, { role: 'assistant', content }],
  };
}

const question = ({ text, imageBase64 }: Wish): MessageParam => ({
  role: 'user',
  content: [
    ...(imageBase64
      ? [
          {
            type: 'image' as const,
            source: { type: 'base64' as const, media_type: 'image/png' as const, data: imageBase64 },
          },
        ]
      : []),
    { type: 'text' as const, text },
  ],
});

const options = ({ tools, schema, isThinking }: Wish) => ({
  ...(tools && {
    tools: Object.keys(tools).map((name) => ({
      name,
      description: `Gives the ${name}.`,
      input_schema: { ...toolSchema },
    })),
  }),
  ...(schema && { output_config: { format: { type: 'json_schema' as const, schema } } }),
  ...(isThinking && { thinking: { type: 'enabled' as const, budget_tokens: 1024 } }),
});
