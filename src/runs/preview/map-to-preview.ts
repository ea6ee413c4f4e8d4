import type { Sent } from '../../messages/map-to-prompt.js';
import type { Message } from '../../messages/message-kinds.js';
import { pairSummaries } from '../../messages/prompt/map-summaries.js';
import type { AbortReason } from '../../prompts/pipeline.js';
import type { Draft } from '../pipeline/draft.js';
import type { PreviewedMessage, PreviewReason, PromptPreview } from './dto/prompt-preview.js';

/** What the steps have made of a branch, message by message. Pure. */
export function mapToPreview(
  draft: Draft,
  problem: AbortReason | undefined,
): Omit<PromptPreview, 'context_id' | 'branch' | 'model'> {
  const { context, facts, compression, counts, folding } = draft;
  const messages = previewed(draft);
  const included = messages.filter((message) => message.included);
  const tool_tokens = counts?.tools ?? 0;
  return {
    revision: context.revision,
    window: facts.context_window,
    budget: compression.room.budget,
    limit: compression.room.limit,
    strategy: compression.strategy,
    tokenizer: facts.tokenizer,
    tool_tokens,
    total_tokens: included.reduce((sum, { tokens }) => sum + tokens, tool_tokens),
    is_summary_due: folding?.type === 'refused',
    problem: problem ? { code: problem.code, message: problem.message } : null,
    messages: [...included, ...messages.filter((message) => !message.included)],
  };
}

/** Several parts of a prompt may come of one message, such as its calls that have no result. */
function previewed(draft: Draft): readonly PreviewedMessage[] {
  const { messages, sent } = draft;
  const byId = new Map<string, Message>(messages.map((message) => [message.id, message]));
  const tokens = new Map<string | null, number>();
  const reasons = new Map<string | null, PreviewReason>();
  const toBeSummarized = new Set<string>(plannedCovers(draft));
  for (const [at, one] of sent.entries()) {
    tokens.set(one.id, (tokens.get(one.id) ?? 0) + (draft.counts?.sent[at] ?? 0));
    const isPlanned = one.id !== null && toBeSummarized.has(one.id);
    reasons.set(one.id, isPlanned ? 'to_be_summarized' : reasonOf(draft, one));
  }
  const parts = [...tokens].map(([id, count]): PreviewedMessage => {
    const message = id === null ? undefined : byId.get(id);
    const reason = reasons.get(id) ?? 'left_out';
    const { role, kind } = message ?? ({ role: 'system', kind: 'system_prompt' } as const);
    return {
      message_id: message?.id ?? null,
      role,
      kind,
      tokens: count,
      included: isIncluded(reason),
      reason,
    };
  });
  const covered = pairSummaries(messages, draft.pinned);
  const others = messages.filter(({ id }) => !tokens.has(id));
  return [
    ...parts,
    ...others.map(({ id, role, kind }): PreviewedMessage => ({
      ...{ message_id: id, role, kind, tokens: 0, included: false },
      reason: covered.has(id) ? 'covered' : 'not_for_models',
    })),
  ];
}

const plannedCovers = ({ folding }: Draft): readonly string[] =>
  folding?.type === 'refused' ? folding.plan.parts.flatMap(({ covers }) => covers) : [];

const reasonOf = ({ reasons }: Draft, sent: Sent): PreviewReason => reasons?.get(sent) ?? 'left_out';

const notSent: ReadonlySet<PreviewReason> = new Set([
  'covered',
  'to_be_summarized',
  'left_out',
  'not_for_models',
]);

const isIncluded = (reason: PreviewReason): boolean => !notSent.has(reason);
