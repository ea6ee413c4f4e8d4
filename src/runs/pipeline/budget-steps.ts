import { fitTurns, partPrompt, promptBudget } from '../../prompts/budget-policy.js';
import type { Draft, Taken, Weighed } from './draft.js';
import { atMost, mapToText, mapToolToText, type Countable } from './map-to-text.js';

export interface BudgetLimits {
  readonly modelAnswerTokens: number;
}

/** Parts the prompt, and finds the most tokens that it can have: more are counted only where that is too many. */
export function weighPrompt(draft: Draft): Taken {
  const sizes = [...draft.prompt.map(mapToText), ...toolTexts(draft)].map(atMost);
  const weighed: Weighed = {
    parts: partPrompt(draft.prompt),
    atMost: sizes.reduce((sum, size) => sum + size, 0),
  };
  return { type: 'transform', draft: { ...draft, weighed } };
}

/** Leaves out the oldest turns until the rest fits the model's window beside the answer. */
export function cutPrompt(draft: Draft, limits: BudgetLimits): Taken {
  const { weighed, counts, context, facts } = draft;
  if (!weighed) throw new Error('The prompt was not weighed.');
  const answer = context.config.parameters?.max_tokens ?? limits.modelAnswerTokens;
  const budget = promptBudget(facts.context_window, Math.min(answer, facts.max_output_tokens));
  if (weighed.atMost <= budget) return { type: 'continue' };
  const { head, turns } = weighed.parts;
  const fit = fitTurns(turns.length, counts, budget);
  switch (fit.type) {
    case 'uncounted': {
      const texts =
        fit.part === 'head'
          ? [...head.map(mapToText), ...toolTexts(draft)]
          : (turns[fit.part] ?? []).map(mapToText);
      return { type: 'suspend', need: { type: 'tokens', texts } };
    }
    case 'too_long':
      return tooLong(fit.tokens, budget);
    case 'fits':
      return { type: 'transform', draft: { ...draft, prompt: [...head, ...turns.slice(fit.from).flat()] } };
    default:
      return fit satisfies never;
  }
}

const toolTexts = ({ surroundings }: Draft): readonly Countable[] =>
  (surroundings?.tools ?? []).map(mapToolToText);

const tooLong = (tokens: number, budget: number): Taken => ({
  type: 'abort',
  reason: {
    code: 'prompt_too_long',
    message: `The last turn alone has about ${tokens} tokens; ${budget} are left for it. Say it in less, or refer to fewer lines.`,
    retryable: false,
  },
});
