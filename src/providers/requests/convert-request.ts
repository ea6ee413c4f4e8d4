import type { LanguageModelV3CallOptions, LanguageModelV3FunctionTool } from '@ai-sdk/provider';
import type { ModelParameters, ModelRequest, ToolSchema } from '../language-model.js';
import { convertOptions } from './convert-options.js';
import { convertPrompt } from './convert-prompt.js';
import { thinkingOf } from './convert-thinking.js';
import type { RequestTarget } from './request-target.js';

type Options = Omit<LanguageModelV3CallOptions, 'prompt'>;

/** What the AI SDK is asked. Throws `upstream_rejected` for an address of an image or a file that is no URL. Pure. */
export const convertRequest = (request: ModelRequest, target: RequestTarget): LanguageModelV3CallOptions => ({
  prompt: convertPrompt(request.messages, target.dialect),
  ...(request.tools.length > 0 && { tools: request.tools.map(convertTool), ...toolChoiceOf(request) }),
  ...responseFormatOf(request),
  ...convertParameters(request.parameters),
  // The SDK puts the tokens to think with on top of these.
  ...maxTokensOf(request, target),
  providerOptions: convertOptions(request, target),
});

const convertTool = (tool: ToolSchema): LanguageModelV3FunctionTool => ({
  type: 'function',
  name: tool.name,
  description: tool.description,
  inputSchema: tool.parameters,
  ...(tool.strict !== undefined && { strict: tool.strict }),
});

function toolChoiceOf({ tool_choice: choice }: ModelRequest): Pick<Options, 'toolChoice'> {
  if (choice === undefined) return {};
  if (typeof choice === 'string') return { toolChoice: { type: choice } };
  return { toolChoice: { type: 'tool', toolName: choice.name } };
}

function responseFormatOf({ response_format: format }: ModelRequest): Pick<Options, 'responseFormat'> {
  if (!format) return {};
  if (format.type === 'json_object') return { responseFormat: { type: 'json' } };
  const { name, description, schema } = format;
  return {
    responseFormat: { type: 'json', name, schema, ...(description !== undefined && { description }) },
  };
}

const convertParameters = (parameters: ModelParameters): Options => ({
  temperature: parameters.temperature,
  topP: parameters.top_p,
  topK: parameters.top_k,
  maxOutputTokens: parameters.max_tokens,
  stopSequences: parameters.stop && [...parameters.stop],
  seed: parameters.seed,
  presencePenalty: parameters.presence_penalty,
  frequencyPenalty: parameters.frequency_penalty,
});

function maxTokensOf(request: ModelRequest, target: RequestTarget): Options {
  const { max_tokens } = request.parameters;
  const budget = target.dialect === 'messages' ? thinkingOf(request, target).budget : undefined;
  return max_tokens === undefined || budget === undefined ? {} : { maxOutputTokens: max_tokens - budget };
}
