import type { Mode } from '../config/mode-table.js';
import type { ModelFacts } from '../config/model-table.js';
import type { ContextConfig } from '../contexts/context-config.js';
import type { MessagePayload } from '../messages/message-kinds.js';
import { showsImage } from '../messages/prompt/shows-image.js';

/** What a turn asks of a model, as it is called in a refusal. */
export type Ability = 'vision' | 'tools' | 'reasoning';

/**
 * What a model must be able to do for this message to be answered as the context wants it: to see the image that the
 * message is, to call tools where the context is an actor's or its mode is about them, to think as hard as it is told.
 * Images further back need no eyes. Pure.
 */
export function needsOf(
  { agent_role, parameters }: ContextConfig,
  mode: Mode | undefined,
  question: MessagePayload | undefined,
): readonly Ability[] {
  const isActing = (agent_role ?? mode?.agent_role) === 'actor' || mode?.needs_tools === true;
  return [
    ...(question && showsImage(question) ? (['vision'] as const) : []),
    ...(isActing ? (['tools'] as const) : []),
    ...(parameters?.reasoning_effort !== undefined ? (['reasoning'] as const) : []),
  ];
}

/** Those that the model has not. Pure. */
export const lacking = (facts: ModelFacts, needs: readonly Ability[]): readonly Ability[] =>
  needs.filter((ability) => !facts[ability]);

export const abilityNames: { readonly [Name in Ability]: string } = {
  vision: 'see images',
  tools: 'call tools',
  reasoning: 'be told how hard to think',
};

/** For a person. Pure. */
export const incapableText = (model: string, lacks: readonly Ability[]): string =>
  `The model ${model} cannot ${lacks.map((ability) => abilityNames[ability]).join(', nor ')}.`;
