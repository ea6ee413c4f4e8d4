import OpenAI from 'openai';
import type { ResponseInput, ResponseInputItem } from 'openai/resources/responses/responses';
import { rounds, toolSchema, type Said, type SdkClient, type Wish } from './sdk-client.js';

interface Round extends Said {
  readonly history: ResponseInput;
}

export const openAiResponses: SdkClient = {
  name: 'openai, Responses',
  dialect: 'responses',
  isThinkingShown: true,
  talk: (url, model, wish) =>
    rounds<Round>((last) => {
      const results = (last?.calls ?? []).map(({ id, name }) => ({
        type: 'function_call_output' as const,
        call_id: id,
        output: wish.tools?.[name] ?? '',
      }));
      return ask(url, model, wish, last ? [...last.history, ...results] : [question(wish)]);
    }),
};

async function ask(url: string, model: string, wish: Wish, input: ResponseInput): Promise<Round> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
  const stream = client.responses.stream({ model, input, store: false, ...options(wish) });
  const texts: string[] = [];
  let thinking = '';
  for await (const event of stream) {
    if (event.type === 'response.output_text.delta') texts.push(event.delta);
    if (event.type === 'response.reasoning_summary_text.delta') thinking += event.delta;
  }
  const { output, usage } = await stream.finalResponse();
  return {
    texts,
    thinking,
    calls: output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) as unknown }]
        : [],
    ),
    usage: { input: usage?.input_tokens ?? 0, output: usage?.output_tokens ?? 0 },
    history: [...input, ...output.flatMap(given)],
  };
}

/** What programs give back of an answer, without what only the SDK has put into it. */
function given(item: OpenAI.Responses.ResponseOutputItem): ResponseInputItem[] {
  switch (item.type) {
    case 'reasoning':
    case 'message':
      return [item];
    case 'function_call':
      return [
        { type: item.type, id: item.id, call_id: item.call_id, name: item.name, arguments: item.arguments },
      ];
    default:
      return [];
  }
}

const question = ({ text, imageBase64 }: Wish): ResponseInputItem => ({
  role: 'user',
  content: [
    { type: 'input_text', text },
    ...(imageBase64
      ? [
          {
            type: 'input_image' as const,
            image_url: `data:image/png;base64,${imageBase64}`,
            detail: 'auto' as const,
          },
        ]
      : []),
  ],
});

const options = ({ tools, schema, isThinking }: Wish) => ({
  ...(tools && {
    tools: Object.keys(tools).map((name) => ({
      type: 'function' as const,
      name,
      description: `Gives the ${name}.`,
      parameters: { ...toolSchema },
      strict: false,
    })),
  }),
  ...(schema && {
    text: { format: { type: 'json_schema' as const, name: 'answer', schema, strict: true } },
  }),
  ...(isThinking && {
    reasoning: { effort: 'low' as const, summary: 'auto' as const },
    include: ['reasoning.encrypted_content' as const],
  }),
});
