import type { ModelRequest, PromptMessage, ReasoningEffort } from '../language-model.js';
import type { RequestTarget } from './request-target.js';

/** How a model of Anthropic's is told to think: within a number of tokens, as hard as it likes up to an effort, or not. */
export type Thinking =
  | { readonly type: 'budget'; readonly budget: number }
  | { readonly type: 'adaptive'; readonly effort: AnthropicEffort; readonly budget?: undefined }
  | { readonly type: 'disabled'; readonly budget?: undefined }
  | { readonly type: 'unsaid'; readonly budget?: undefined };

type AnthropicEffort = 'low' | 'medium' | 'high' | 'xhigh';

/** The least that Anthropic takes. */
const minBudget = 1024;

/** Tokens for an effort, where a model knows tokens alone. */
const budgets: Readonly<Record<Exclude<ReasoningEffort, 'none'>, number>> = {
  minimal: minBudget,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
};

/** Models from 4.6 on decide by themselves how long to think; the older ones take a number of tokens. */
const isAdaptive = (model: string): boolean => /claude-[a-z]+-(?:4-[6-9](?!\d)|[5-9])/.test(model);

/** Pure. */
export function thinkingOf(request: ModelRequest, { model, reasons }: RequestTarget): Thinking {
  const effort = effortOf(request);
  if (effort === undefined || reasons === false) return { type: 'unsaid' };
  if (effort === 'none') return { type: 'disabled' };
  if (isAdaptive(model)) return { type: 'adaptive', effort: effort === 'minimal' ? 'low' : effort };
  const { reasoning_tokens, max_tokens } = request.parameters;
  const wanted = Math.max(minBudget, reasoning_tokens ?? budgets[effort]);
  const budget = Math.min(wanted, (max_tokens ?? Infinity) - 1);
  const canThink = budget >= minBudget && isSealed(request.messages);
  return canThink ? { type: 'budget', budget } : { type: 'unsaid' };
}

/** How hard to think, from what was said of it; undefined where nothing was. Pure. */
export function effortOf({ parameters }: Pick<ModelRequest, 'parameters'>): ReasoningEffort | undefined {
  const { reasoning_effort, reasoning_tokens } = parameters;
  if (reasoning_effort !== undefined) return reasoning_effort;
  if (reasoning_tokens === undefined) return undefined;
  if (reasoning_tokens <= budgets.low) return 'low';
  return reasoning_tokens <= budgets.medium ? 'medium' : 'high';
}

/**
 * Whether the turn that is under way may go on with thinking: one that has called tools without, or with the thinking of
 * another provider's, may not.
 */
function isSealed(messages: readonly PromptMessage[]): boolean {
  const turn = messages.findLastIndex((message) => message.role === 'user' && !message.is_companion);
  return messages
    .slice(turn + 1)
    .every(
      (message) =>
        message.role !== 'assistant' ||
        (message.tool_calls ?? []).length === 0 ||
        message.reasoning?.some(({ seal }) => seal?.dialect === 'messages'),
    );
}
