import type { SharedV3ProviderOptions } from '@ai-sdk/provider';
import type { ModelRequest } from '../language-model.js';
import { effortOf, thinkingOf, type Thinking } from './convert-thinking.js';
import type { RequestTarget } from './request-target.js';

/** The name that the SDK's provider of any compatible server has: fields under it go into the body as they are. */
export const compatibleName = 'compatible';

/** What the SDK's own options have no words for, by the names of its providers. Pure. */
export function convertOptions(request: ModelRequest, target: RequestTarget): SharedV3ProviderOptions {
  switch (target.dialect) {
    case 'chat_completions':
      return chatOptions(request, target);
    case 'responses':
      return { openai: defined({ ...openAiOptions(request, target), ...responsesOptions(request) }) };
    case 'messages':
      return { anthropic: anthropicOptions(request, target) };
  }
}

/** A server that is no OpenAI reads one of them, OpenAI the other. */
function chatOptions(request: ModelRequest, target: RequestTarget): SharedV3ProviderOptions {
  const { user, top_k } = request.parameters;
  const { reasoningEffort, strictJsonSchema } = openAiOptions(request, target);
  return {
    openai: defined(openAiOptions(request, target)),
    openaiCompatible: defined({ user, reasoningEffort, strictJsonSchema }),
    [compatibleName]: defined({ parallel_tool_calls: parallelOf(request), top_k }),
  };
}

function openAiOptions(request: ModelRequest, { reasons }: RequestTarget) {
  const { response_format: format } = request;
  const { user, reasoning_summary } = request.parameters;
  const reasoningEffort = reasons === false ? undefined : effortOf(request);
  const isTold = reasoningEffort !== undefined || reasoning_summary !== undefined;
  return {
    user,
    reasoningEffort,
    parallelToolCalls: parallelOf(request),
    strictJsonSchema: format?.type === 'json_schema' ? (format.strict ?? false) : undefined,
    // The SDK knows models by OpenAI's names alone.
    forceReasoning: (reasons ?? isTold) ? true : undefined,
  };
}

/** Nothing is stored at OpenAI: conversations are here. What was thought goes along with each request instead. */
const responsesOptions = ({ parameters }: ModelRequest) => ({
  store: false,
  reasoningSummary: parameters.reasoning_summary,
  passThroughUnsupportedFiles: true,
});

function anthropicOptions(request: ModelRequest, target: RequestTarget) {
  const { user } = request.parameters;
  return defined({
    // Otherwise the SDK would make a tool of it for models that it does not know.
    structuredOutputMode: request.response_format ? 'outputFormat' : undefined,
    // Arguments as they are written may be no JSON.
    toolStreaming: false,
    disableParallelToolUse: parallelOf(request) === false ? true : undefined,
    metadata: user === undefined ? undefined : { userId: user },
    ...thinkingOptions(thinkingOf(request, target)),
  });
}

function thinkingOptions(thinking: Thinking) {
  switch (thinking.type) {
    case 'budget':
      return { thinking: { type: 'enabled', budgetTokens: thinking.budget } };
    case 'adaptive':
      return { thinking: { type: 'adaptive', display: 'summarized' }, effort: thinking.effort };
    case 'disabled':
      return { thinking: { type: 'disabled' } };
    case 'unsaid':
      return {};
  }
}

/** Servers refuse it where there is nothing to call. */
const parallelOf = ({ tools, parallel_tool_calls }: ModelRequest): boolean | undefined =>
  tools.length > 0 ? parallel_tool_calls : undefined;

type Json = SharedV3ProviderOptions[string];
type Value = Json[string];

const defined = (options: Readonly<Record<string, Value>>): Json =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
