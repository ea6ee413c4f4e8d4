import { tracing, type Attributes, type Span } from '../telemetry/tracing.js';
import type { ModelPart } from './language-model.js';
import type { RelayTarget } from './relay.js';

export type FinishPart = Extract<ModelPart, { type: 'finish' }>;

/** What a call to a provider is for. */
export interface CallFacts {
  /** The id of the model, with its provider. */
  readonly model: string;
  /** How its server is asked, where that is not ours to choose. */
  readonly target?: RelayTarget;
}

/** By OpenTelemetry's semantic conventions for generative AI; without anything that was said. */
export function beginCallSpan(provider: string, { model, target }: CallFacts): Span | undefined {
  const operation = target === 'embeddings' || target === 'count_tokens' ? target : 'chat';
  const name = model.slice(model.indexOf('/') + 1);
  return tracing()?.begin({
    name: `${operation} ${name}`,
    kind: 'client',
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': name,
    },
  });
}

export const mapToFinish = ({ finish_reason, usage }: FinishPart): Attributes => ({
  'gen_ai.response.finish_reasons': [finish_reason],
  'gen_ai.usage.input_tokens': usage.prompt,
  'gen_ai.usage.output_tokens': usage.completion,
});
