import { joinSent, type Sent } from '../../messages/map-to-prompt.js';
import { keepAll, keepImportant, keepRecent, type Kept, type Room } from '../../prompts/budget-policy.js';
import { scoreTurns, type ScoredTurn } from '../../prompts/score-turns-policy.js';
import {
  atMost,
  mapToCountable,
  mapToolToCountable,
  mapToText,
  toolsFrame,
} from '../../providers/counting/map-to-countable.js';
import { hasFailedLately, planFold, type FoldPlan } from '../compression/plan-fold-policy.js';
import type { Draft, Reason, Taken } from './draft.js';
import { mapToAble } from './map-to-able.js';
import { partSent, type PromptParts, type SentTurn } from './map-to-turns.js';

/** Counts what is sent where it may be too much: a prompt that has fewer bytes than it may have tokens fits as it is. */
export function weigh(draft: Draft): Taken {
  const { sent, counts, compression, surroundings, isExact, facts } = draft;
  if (counts) return { type: 'continue' };
  const tools = surroundings?.tools ?? [];
  const texts = [
    ...sent.map(({ message }) => mapToCountable(message, facts)),
    ...tools.map((tool) => mapToolToCountable(tool, facts)),
  ];
  const most = texts.reduce((sum, text) => sum + atMost(text), toolsFrame(tools, facts));
  return most <= compression.room.limit && !isExact
    ? { type: 'continue' }
    : { type: 'suspend', need: { type: 'tokens' } };
}

/** Has older turns summarized once the prompt is past its limit, and puts the summary in their place. */
export function fold(draft: Draft): Taken {
  const { folding, compression } = draft;
  if (folding?.type === 'made') return { type: 'transform', draft: withSummary(draft, folding.summary) };
  const { parts, room } = weighed(draft);
  const isDue =
    draft.counts && compression.strategy === 'summarize' && allOf(parts, room).tokens > room.limit;
  if (folding || !isDue) return { type: 'continue' };
  if (hasFailedLately(draft.messages))
    return { type: 'transform', draft: { ...draft, folding: { type: 'failed' } } };
  const plan = planOf(draft);
  return plan ? { type: 'suspend', need: { type: 'summary', plan } } : { type: 'continue' };
}

/**
 * What would give way to a summary now, whether or not one is due; undefined when there is nothing old enough. Asked for
 * by hand it is all but the turns that must be kept. Pure.
 */
export function planOf(draft: Draft, { isByHand = false } = {}): FoldPlan | undefined {
  const { messages, pinned } = draft;
  const { parts, room, tokensOf } = weighed(draft);
  const { compression: own } = draft;
  const compression = isByHand ? { ...own, room: { ...own.room, limit: 0 } } : own;
  return planFold({ messages, pinned, parts, fixedTokens: room.fixed, tokensOf, compression });
}

/** Leaves out what does not fit, as the strategy has it. */
export function fit(draft: Draft): Taken {
  const { parts, room } = weighed(draft);
  const kept = draft.counts ? keptOf(draft, parts, room) : allOf(parts, room);
  if (kept.tokens > room.budget) return shortenOrGiveUp(draft, parts, kept, room);
  const reasons = reasonsOf(parts, kept, room);
  const isKept = (sent: Sent): boolean => reasons.get(sent) !== 'left_out';
  return { type: 'transform', draft: { ...draft, reasons, prompt: joinSent(draft.sent.filter(isKept)) } };
}

function keptOf(draft: Draft, parts: PromptParts, room: Room): Kept {
  const turns = parts.turns.map(({ pieces }) => pieces);
  const { strategy } = draft.compression;
  switch (strategy) {
    case 'none':
      return keepAll(turns, room);
    case 'importance':
      return allOf(parts, room).tokens <= room.limit
        ? keepAll(turns, room)
        : keepImportant(turns, room, scoresOf(parts.turns));
    case 'recent_n':
      return keepRecent(turns, room);
    case 'summarize': {
      // Where summarizing has failed, turns give way as they do without it. Where nothing was old enough, all stays that can.
      const isFailed = draft.folding !== undefined && draft.folding.type !== 'made';
      return keepRecent(turns, isFailed ? room : { ...room, limit: room.budget });
    }
    default:
      return strategy satisfies never;
  }
}

const allOf = ({ turns }: PromptParts, room: Room): Kept =>
  keepAll(
    turns.map(({ pieces }) => pieces),
    room,
  );

/** Of the newest turn at least the results of tools can be said in less. */
function shortenOrGiveUp(draft: Draft, parts: PromptParts, kept: Kept, room: Room): Taken {
  const newest = parts.turns.at(-1)?.pieces ?? [];
  const results = newest.flatMap(({ sent }) => sent.filter(({ message }) => message.role === 'tool'));
  const isRecentAlone = kept.turns.size <= 1 && draft.compression.strategy !== 'none';
  if (isRecentAlone && !draft.isShortened && results.length > 0)
    return { type: 'suspend', need: { type: 'shorter', results, excess: kept.tokens - room.budget } };
  return tooLong(kept, room, parts);
}

interface WeighedParts {
  readonly parts: PromptParts;
  readonly room: Room;
  readonly tokensOf: (sent: Sent) => number;
}

function weighed({ sent, counts, messages, pinned, compression }: Draft): WeighedParts {
  const tokens = new Map(sent.map((one, at) => [one, counts?.sent[at] ?? 0]));
  const tokensOf = (one: Sent): number => tokens.get(one) ?? 0;
  const parts = partSent(sent, { messages, pinned, tokensOf });
  const fixed = parts.fixed.reduce((sum, one) => sum + tokensOf(one), counts?.tools ?? 0);
  return { parts, room: { ...compression.room, fixed }, tokensOf };
}

function withSummary(draft: Draft, summary: Draft['messages'][number]): Draft {
  const { facts, systemPrompt, pinned } = draft;
  const messages = [...draft.messages, summary];
  const { counts: _, ...rest } = draft;
  return { ...rest, messages, sent: mapToAble(messages, facts, { systemPrompt, pinned }) };
}

function reasonsOf(parts: PromptParts, kept: Kept, room: Room): ReadonlyMap<Sent, Reason> {
  const reasons = new Map<Sent, Reason>(
    parts.fixed.map((one) => [one, one.id === null ? 'system' : 'summary']),
  );
  for (const [at, { pieces }] of parts.turns.entries()) {
    const isRecent = parts.turns.slice(at).every((_, more) => kept.turns.has(at + more));
    const isNew = parts.turns.length - at <= room.keepTurns;
    const whole: Reason = !kept.turns.has(at) ? 'left_out' : isRecent || isNew ? 'recent' : 'important';
    for (const { sent, isPinned } of pieces)
      for (const one of sent) reasons.set(one, isPinned ? 'pinned' : whole);
  }
  return reasons;
}

const scoresOf = (turns: readonly SentTurn[]): readonly number[] => {
  const scored = turns.map(scoredTurn);
  return scoreTurns(scored, scored.at(-1)?.asked ?? '');
};

function scoredTurn({ pieces }: SentTurn): ScoredTurn {
  const messages = pieces.flatMap(({ sent }) => sent.map(({ message }) => message));
  const textOf = (asked: boolean): string =>
    messages
      .filter((message) => !asked || (message.role === 'user' && !message.is_companion))
      .map(mapToText)
      .join('\n');
  return { asked: textOf(true), text: textOf(false) };
}

function tooLong(kept: Kept, { budget, fixed }: Room, { turns }: PromptParts): Taken {
  const isWhole = kept.turns.size > 1;
  const hasPins = turns.some(({ pieces }) => pieces.some(({ isPinned }) => isPinned));
  const what = isWhole
    ? 'The conversation has'
    : `The last turn${hasPins ? ', with what is pinned,' : ' alone'} has`;
  const message = `${what} about ${kept.tokens} tokens${fixed > budget / 2 ? `, ${fixed} of them for the system prompt, the tools and summaries` : ''}; ${budget} are left for it. Say it in less, or refer to fewer lines.`;
  return { type: 'abort', reason: { code: 'prompt_too_long', message, retryable: false } };
}
