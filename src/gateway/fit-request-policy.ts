import type { ModelFacts } from '../config/model-table.js';
import type { ModelRequest, PromptMessage } from '../providers/language-model.js';

/** The request as this model can take it: no more than it can write, and nothing of thinking where it does not. */
export function fitRequest(request: ModelRequest, facts: ModelFacts): ModelRequest {
  const { reasoning_effort, reasoning_tokens, reasoning_summary, max_tokens, ...rest } = request.parameters;
  const thinking = {
    ...(reasoning_effort !== undefined && { reasoning_effort }),
    ...(reasoning_tokens !== undefined && { reasoning_tokens }),
    ...(reasoning_summary !== undefined && { reasoning_summary }),
  };
  const most = max_tokens !== undefined && { max_tokens: Math.min(max_tokens, facts.max_output_tokens) };
  return { ...request, parameters: { ...rest, ...most, ...(facts.reasoning && thinking) } };
}

/** What the request needs that the model lacks. */
export const lacksOf = (request: ModelRequest, facts: ModelFacts): readonly string[] => [
  ...(!facts.vision && request.messages.some(hasImage) ? ['vision'] : []),
  ...(!facts.tools && request.tools.length > 0 ? ['tools'] : []),
];

const hasImage = (message: PromptMessage): boolean =>
  'parts' in message && (message.parts ?? []).some(({ type }) => type === 'image');
