import type { Settings } from '../../config/settings.js';
import { mapToPrompt } from '../../messages/map-to-prompt.js';
import { mapToSystem } from '../../prompts/map-to-system.js';
import { incapableText, lacking, needsOf, type Ability } from '../turn-needs-policy.js';
import { fit, fold, weigh } from './budget-steps.js';
import type { Draft, Step, Taken } from './draft.js';
import { mapToAble } from './map-to-able.js';
import { resolveReferences } from './resolve-step.js';

export type StepLimits = Pick<Settings, 'maxReferences'>;

/** The way of a message to the model: the steps of every stage, in their order. Each is pure. */
export const stepsWithin = (limits: StepLimits): readonly Step[] => [
  { stage: 'validating', take: validate },
  { stage: 'resolving_files', take: (draft) => resolveReferences(draft, limits.maxReferences) },
  { stage: 'enhancing_prompt', take: assemble },
  { stage: 'optimizing_context', take: weigh },
  { stage: 'optimizing_context', take: fold },
  // With a summary in it, it is another prompt.
  { stage: 'optimizing_context', take: weigh },
  { stage: 'optimizing_context', take: fit },
  { stage: 'preparing_request', take: build },
];

/** A message of which the model would be sent nothing cannot be answered. */
function validate({ question }: Draft): Taken {
  if (!question || mapToPrompt([question]).length > 0) return { type: 'continue' };
  const message = 'The message has nothing in it that a model could be sent.';
  return { type: 'abort', reason: { code: 'empty_message', message, retryable: false } };
}

/** What the model is told of its work, then what was said. */
export function assemble(draft: Draft): Taken {
  const { context, facts, messages, question, surroundings } = draft;
  if (!surroundings) return { type: 'suspend', need: { type: 'surroundings' } };
  const lacks = lacking(facts, question ? needsOf(context.config, surroundings.mode, question) : []);
  if (lacks.length > 0) return incapable(draft.model, lacks);
  const { systemPrompt: own, workspace, tools, mode: work = {} } = surroundings;
  if (typeof own !== 'string') return { type: 'abort', reason: own };
  const { mode, agent_role } = context.config;
  const { instructions, agent_role: otherwise } = work;
  const systemPrompt = mapToSystem({
    ...{ systemPrompt: own, mode, instructions, role: agent_role ?? otherwise, workspace },
    tools: tools.map(({ name }) => name),
  });
  const { pinned } = draft;
  return {
    type: 'transform',
    draft: { ...draft, systemPrompt, sent: mapToAble(messages, facts, { systemPrompt, pinned }) },
  };
}

/** The model or the config is another one than when the message was accepted. */
const incapable = (model: string, lacks: readonly Ability[]): Taken => ({
  type: 'abort',
  reason: { code: 'model_incapable', message: incapableText(model, lacks), retryable: true },
});

/** What any provider is asked; its adapter puts it into the provider's own form. */
function build(draft: Draft): Taken {
  const { prompt: messages, surroundings, context } = draft;
  const parameters = context.config.parameters ?? {};
  const request = { task: 'answer', messages, tools: surroundings?.tools ?? [], parameters } as const;
  return { type: 'transform', draft: { ...draft, request } };
}
