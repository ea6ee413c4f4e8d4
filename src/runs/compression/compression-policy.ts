import type { CompressionStrategy } from '../../config/compression.js';
import type { ModelFacts } from '../../config/model-table.js';
import type { Settings } from '../../config/settings.js';
import type { ContextConfig } from '../../contexts/context-config.js';
import { promptBudget, type Room } from '../../prompts/budget-policy.js';

export type CompressionLimits = Pick<
  Settings,
  | 'modelAnswerTokens'
  | 'compression'
  | 'compressionThreshold'
  | 'compressionKeepTurns'
  | 'compressionSummaryTokens'
>;

/** What a context's conversation may take of a model, and what becomes of more. */
export interface Compression {
  readonly strategy: CompressionStrategy;
  readonly threshold: number;
  /** Without what is fixed in it. */
  readonly room: Omit<Room, 'fixed'>;
  /** The most tokens of a summary. */
  readonly summaryTokens: number;
}

/** The context's wishes, and for what it does not say, the deployment's. Pure. */
export function compressionOf(
  { compression = {}, parameters }: ContextConfig,
  facts: ModelFacts,
  limits: CompressionLimits,
): Compression {
  const answer = Math.min(parameters?.max_tokens ?? limits.modelAnswerTokens, facts.max_output_tokens);
  const budget = promptBudget(facts.context_window, answer);
  const threshold = compression.threshold ?? limits.compressionThreshold;
  const limit = Math.min(budget, Math.floor(facts.context_window * threshold));
  return {
    strategy: compression.strategy ?? limits.compression,
    threshold,
    room: { budget, limit, keepTurns: compression.keep_turns ?? limits.compressionKeepTurns },
    summaryTokens: Math.min(limits.compressionSummaryTokens, Math.floor(limit / 4)),
  };
}
