import type { ModelFacts } from '../config/model-table.js';
import type { LanguageModel } from './language-model.js';
import type { ModelProvider } from './model-provider.js';

/** The same model; where its provider demands a length of answers and the request has none, the longest it may have. */
export function withDefaults(
  model: LanguageModel,
  { needsMaxTokens }: Pick<ModelProvider, 'needsMaxTokens'>,
  { max_output_tokens: max_tokens }: ModelFacts,
): LanguageModel {
  if (!needsMaxTokens) return model;
  return {
    id: model.id,
    stream: (request, abort) => {
      const parameters = { ...request.parameters, max_tokens: request.parameters.max_tokens ?? max_tokens };
      return model.stream({ ...request, parameters }, abort);
    },
  };
}
