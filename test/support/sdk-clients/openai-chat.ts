import OpenAI from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { rounds, toolSchema, type Said, type SdkClient, type Wish } from './sdk-client.js';

interface Round extends Said {
  readonly history: readonly ChatCompletionMessageParam[];
}

export const openAiChat: SdkClient = {
  name: 'openai, chat completions',
  dialect: 'chat_completions',
  isThinkingShown: true,
  talk: (url, model, wish) =>
    rounds<Round>((last) => {
      const results = (last?.calls ?? []).map(({ id, name }) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: wish.tools?.[name] ?? '',
      }));
      return ask(url, model, wish, last ? [...last.history, ...results] : [question(wish)]);
    }),
};

async function ask(
  url: string,
  model: string,
  wish: Wish,
  messages: ChatCompletionMessageParam[],
): Promise<Round> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
  const stream = client.chat.completions.stream({ model, messages, ...options(wish) });
  const texts: string[] = [];
  let thinking = '';
  for await (const { choices } of stream) {
    const delta: object = choices[0]?.delta ?? {};
    if ('content' in delta && delta.content) texts.push(String(delta.content));
    // Not in OpenAI's own form: the programs that show it read it so.
    if ('reasoning_content' in delta && delta.reasoning_content) thinking += String(delta.reasoning_content);
  }
  const { choices, usage } = await stream.finalChatCompletion();
  const message = choices[0]?.message;
  if (!message) throw new Error('there is no choice');
  return {
    texts,
    thinking,
    calls: (message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) as unknown }]
        : [],
    ),
    usage: { input: usage?.prompt_tokens ?? 0, output: usage?.completion_tokens ?? 0 },
    history: [...messages, message],
  };
}

const question = ({ text, imageBase64 }: Wish): ChatCompletionMessageParam => ({
  role: 'user',
  content: [
    { type: 'text', text },
    ...(imageBase64
      ? [{ type: 'image_url' as const, image_url: { url: `data:image/png;base64,${imageBase64}` } }]
      : []),
  ],
});

const options = ({ tools, schema, isThinking }: Wish) => ({
  stream_options: { include_usage: true },
  ...(tools && {
    tools: Object.keys(tools).map((name) => ({
      type: 'function' as const,
      function: { name, description: `Gives the ${name}.`, parameters: { ...toolSchema } },
    })),
  }),
  ...(schema && {
    response_format: {
      type: 'json_schema' as const,
      json_schema: { name: 'answer', schema, strict: true },
    },
  }),
  ...(isThinking && { reasoning_effort: 'low' as const }),
});
