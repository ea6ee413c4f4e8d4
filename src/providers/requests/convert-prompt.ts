import type {
  LanguageModelV3CallOptions,
  LanguageModelV3FunctionTool,
  LanguageModelV3Message,
  LanguageModelV3Prompt,
} from '@ai-sdk/provider';
import type {
  ModelParameters,
  ModelRequest,
  PromptMessage,
  PromptPart,
  PromptToolCall,
  ToolSchema,
} from '../language-model.js';
import { ModelError } from '../model-error.js';

type SystemMessage = Extract<LanguageModelV3Message, { role: 'system' }>;
type UserMessage = Extract<LanguageModelV3Message, { role: 'user' }>;
type UserPart = UserMessage['content'][number];
type AssistantMessage = Extract<LanguageModelV3Message, { role: 'assistant' }>;
type AssistantPart = AssistantMessage['content'][number];
type ToolMessage = Extract<LanguageModelV3Message, { role: 'tool' }>;

/** What the AI SDK is asked. Throws `upstream_rejected` for an image address that is no URL. Pure. */
export const convertRequest = (request: ModelRequest): LanguageModelV3CallOptions => ({
  prompt: convertPrompt(request.messages),
  ...(request.tools.length > 0 && { tools: request.tools.map(convertTool) }),
  ...convertParameters(request.parameters),
});

export function convertPrompt(messages: readonly PromptMessage[]): LanguageModelV3Prompt {
  const turn = messages.findLastIndex((message) => message.role === 'user');
  return messages.map((message, index) => convertMessage(message, index > turn));
}

function convertMessage(message: PromptMessage, isInTurn: boolean): LanguageModelV3Message {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content } satisfies SystemMessage;
    case 'user':
      return { role: 'user', content: convertParts(message.parts) } satisfies UserMessage;
    case 'assistant':
      return { role: 'assistant', content: convertAssistant(message, isInTurn) } satisfies AssistantMessage;
    case 'tool':
      return { role: 'tool', content: [convertToolResult(message)] } satisfies ToolMessage;
  }
}

/** Text alone becomes one part: many servers' chat templates take a plain string and nothing else. */
function convertParts(parts: readonly PromptPart[]): UserPart[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (texts.length === parts.length) return [{ type: 'text', text: texts.join('\n\n') }];
  return parts.map((part) => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    const named = part.type === 'file' && part.name !== undefined && { filename: part.name };
    if ('base64' in part) return { type: 'file', mediaType: part.mime_type, data: part.base64, ...named };
    const mediaType = part.type === 'file' ? part.mime_type : 'image/*';
    return { type: 'file', mediaType, data: readUrl(part.url), ...named };
  });
}

function readUrl(url: string): URL {
  if (URL.canParse(url)) return new URL(url);
  throw new ModelError('upstream_rejected', 'The address of an image or a file is not a URL.', {
    retryable: false,
  });
}

/**
 * Reasoning goes back only with the tool calls of the turn that is under way: there, some models need it to
 * go on; anywhere else it is refused by some servers and ignored by the others.
 */
function convertAssistant(
  message: Extract<PromptMessage, { role: 'assistant' }>,
  isInTurn: boolean,
): AssistantPart[] {
  const calls = message.tool_calls ?? [];
  const parts: AssistantPart[] = [];
  if (isInTurn && calls.length > 0)
    for (const { text } of message.reasoning ?? []) parts.push({ type: 'reasoning', text });
  if (message.content !== '' || calls.length === 0) parts.push({ type: 'text', text: message.content });
  return [...parts, ...calls.map(convertToolCall)];
}

const convertToolCall = (call: PromptToolCall): AssistantPart => ({
  type: 'tool-call',
  toolCallId: call.id,
  toolName: call.name,
  input: convertArguments(call.arguments),
});

/** Servers read the arguments as an object; anything else a model once wrote would make each later call fail. */
const convertArguments = (written: unknown): object => {
  if (written === undefined || written === '') return {};
  return typeof written === 'object' && written !== null && !Array.isArray(written) ? written : { written };
};

const convertToolResult = (
  message: Extract<PromptMessage, { role: 'tool' }>,
): ToolMessage['content'][number] => ({
  type: 'tool-result',
  toolCallId: message.tool_call_id,
  toolName: message.tool_name,
  output: { type: message.is_error ? 'error-text' : 'text', value: message.content },
});

const convertTool = (tool: ToolSchema): LanguageModelV3FunctionTool => ({
  type: 'function',
  name: tool.name,
  description: tool.description,
  inputSchema: tool.parameters,
});

const convertParameters = (parameters: ModelParameters): Omit<LanguageModelV3CallOptions, 'prompt'> => ({
  temperature: parameters.temperature,
  topP: parameters.top_p,
  maxOutputTokens: parameters.max_tokens,
  stopSequences: parameters.stop && [...parameters.stop],
  seed: parameters.seed,
  presencePenalty: parameters.presence_penalty,
  frequencyPenalty: parameters.frequency_penalty,
  ...(parameters.reasoning_effort && {
    providerOptions: { openaiCompatible: { reasoningEffort: parameters.reasoning_effort } },
  }),
});
