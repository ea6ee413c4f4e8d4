import type { LanguageModelV3StreamPart, LanguageModelV3Usage } from '@ai-sdk/provider';
import type { FinishReason, ModelPart, TokenUsage } from '../language-model.js';

export type StreamPart = Exclude<LanguageModelV3StreamPart, { type: 'error' }>;
type SdkFinish = Extract<StreamPart, { type: 'finish' }>;

/** The names of the tools called so far in this answer, by call id: a delta brings the id alone. */
export type CalledTools = Map<string, string>;

/**
 * One part of the AI SDK's stream as a part of ours, or undefined for a part that means nothing here. A call
 * that begins is added to `called`. Error parts are the business of convert-error.
 */
export function convertPart(part: StreamPart, called: CalledTools): ModelPart | undefined {
  switch (part.type) {
    case 'text-delta':
      return { type: 'text', delta: part.delta };
    case 'reasoning-delta':
      return { type: 'reasoning', delta: part.delta };
    case 'tool-input-start':
      called.set(part.id, part.toolName);
      return undefined;
    case 'tool-input-delta':
      return {
        type: 'tool_arguments',
        tool_call_id: part.id,
        tool_name: called.get(part.id) ?? '',
        delta: part.delta,
      };
    case 'tool-call':
      return {
        type: 'tool_call',
        tool_call_id: part.toolCallId,
        tool_name: part.toolName,
        // Some servers write nothing at all for a tool without arguments.
        arguments: part.input === '' ? '{}' : part.input,
      };
    case 'finish':
      return {
        type: 'finish',
        finish_reason: convertFinishReason(part.finishReason.unified, called.size > 0),
        usage: convertUsage(part.usage),
      };
    default:
      return undefined;
  }
}

/** Some servers end an answer that calls tools with `stop`. */
function convertFinishReason(reason: SdkFinish['finishReason']['unified'], hasCalls: boolean): FinishReason {
  switch (reason) {
    case 'content-filter':
      return 'content_filter';
    case 'tool-calls':
      return 'tool_calls';
    case 'stop':
    case 'other':
      return hasCalls ? 'tool_calls' : reason;
    default:
      return reason;
  }
}

const convertUsage = ({ inputTokens, outputTokens }: LanguageModelV3Usage): TokenUsage => ({
  prompt: inputTokens.total ?? 0,
  completion: outputTokens.total ?? 0,
  ...(outputTokens.reasoning && { reasoning: outputTokens.reasoning }),
  ...(inputTokens.cacheRead && { cached: inputTokens.cacheRead }),
});
