import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { jsonSchema, Output, stepCountIs, streamText, tool, type LanguageModel, type ToolSet } from 'ai';
import type { Dialect } from '../../../src/providers/language-model.js';
import { toolSchema, type Said, type SaidCall, type SdkClient, type Wish } from './sdk-client.js';

/** The AI SDK, which runs the tools by itself, with the provider that opens this model. */
const aiSdk = (
  name: string,
  dialect: Dialect,
  open: (url: string, model: string) => LanguageModel,
  isThinkingShown = true,
): SdkClient => ({
  name,
  dialect,
  isThinkingShown,
  talk: (url, model, wish) => talk(open(url, model), wish),
});

const openAi = (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'any' });

export const aiSdkClients: readonly SdkClient[] = [
  // It has no place for reasoning_content.
  aiSdk(
    '@ai-sdk/openai, chat completions',
    'chat_completions',
    (url, model) => openAi(url).chat(model),
    false,
  ),
  aiSdk('@ai-sdk/openai, Responses', 'responses', (url, model) => openAi(url).responses(model)),
  aiSdk('@ai-sdk/anthropic', 'messages', (url, model) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey: 'any' })(model),
  ),
];

async function talk(model: LanguageModel, wish: Wish): Promise<Said> {
  const { text, imageBase64, tools, schema, isThinking } = wish;
  const failures: unknown[] = [];
  const result = streamText({
    model,
    maxRetries: 0,
    onError: ({ error }) => void failures.push(error),
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text },
          ...(imageBase64 ? [{ type: 'image' as const, image: imageBase64, mediaType: 'image/png' }] : []),
        ],
      },
    ],
    stopWhen: stepCountIs(2),
    ...(tools && { tools: toolsOf(tools) }),
    ...(schema && { output: Output.object({ schema: jsonSchema(schema) }) }),
    providerOptions: {
      // Otherwise it asks for JSON by a tool of its own, of any model whose name it does not know.
      anthropic: {
        structuredOutputMode: 'outputFormat',
        ...(isThinking && { thinking: { type: 'enabled', budgetTokens: 1024 } }),
      },
      ...(isThinking && {
        openai: {
          reasoningEffort: 'low',
          reasoningSummary: 'auto',
          forceReasoning: true,
          store: false,
          include: ['reasoning.encrypted_content'],
        },
      }),
    },
  });
  const calls: SaidCall[] = [];
  let [texts, thinking]: [string[], string] = [[], ''];
  for await (const part of result.fullStream) {
    if (part.type === 'start-step') texts = [];
    if (part.type === 'text-delta' && part.text) texts.push(part.text);
    if (part.type === 'reasoning-delta') thinking += part.text;
    if (part.type === 'tool-call')
      calls.push({ id: part.toolCallId, name: part.toolName, input: part.input });
  }
  if (failures.length > 0) throw failures[0];
  const { inputTokens = 0, outputTokens = 0 } = await result.usage;
  return { texts, thinking, calls, usage: { input: inputTokens, output: outputTokens } };
}

const toolsOf = (results: Readonly<Record<string, string>>): ToolSet =>
  Object.fromEntries(
    Object.entries(results).map(([name, output]) => [
      name,
      tool({
        description: `Gives the ${name}.`,
        inputSchema: jsonSchema({ ...toolSchema }),
        execute: () => Promise.resolve(output),
      }),
    ]),
  );
