import type { ModelFacts } from '../../config/model-table.js';
import type { PromptMessage, PromptPart, PromptToolCall } from '../../providers/language-model.js';

type Abilities = Pick<ModelFacts, 'vision' | 'tools'>;

/**
 * A message in a form that a model of these abilities takes: where it sees no images, a note stands for each; where it calls
 * no tools, earlier calls and their results are told in words. Pure.
 */
export function convertToAbilities(message: PromptMessage, { vision, tools }: Abilities): PromptMessage {
  const seen = vision ? message : withoutImages(message);
  return tools ? seen : withoutCalls(seen);
}

function withoutImages(message: PromptMessage): PromptMessage {
  if (message.role !== 'user' || message.parts.every(({ type }) => type === 'text')) return message;
  return { ...message, parts: message.parts.map((part) => (part.type === 'image' ? imageNote : part)) };
}

const imageNote: PromptPart = {
  type: 'text',
  text: '[There is an image here, which you cannot see.]',
};

function withoutCalls(message: PromptMessage): PromptMessage {
  if (message.role === 'assistant' && message.tool_calls?.length) {
    const { tool_calls: calls, content, ...rest } = message;
    return { ...rest, content: [...(content === '' ? [] : [content]), ...calls.map(callText)].join('\n') };
  }
  if (message.role !== 'tool') return message;
  const { tool_name, content, is_error } = message;
  const text = `${is_error ? 'Error' : 'Result'} of the tool ${tool_name}:\n${content}`;
  return { role: 'user', parts: [{ type: 'text', text }], is_companion: true };
}

const callText = ({ name, arguments: written }: PromptToolCall): string =>
  `[The tool ${name} was called with ${typeof written === 'string' ? written : JSON.stringify(written ?? {})}.]`;
