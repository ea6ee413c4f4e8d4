import type { MessageId } from '../../kernel/ids.js';
import { pairCalls } from '../../messages/prompt/map-tool-calls.js';
import { isSummary, pairSummaries } from '../../messages/prompt/map-summaries.js';
import { isKnown, type Message } from '../../messages/message-kinds.js';
import type { Sent } from '../../messages/map-to-prompt.js';
import { turnsToFold } from '../../prompts/budget-policy.js';
import { numberTurns, type PromptParts, type SentTurn } from '../pipeline/map-to-turns.js';
import type { Compression } from './compression-policy.js';
import { mapToTranscript } from './map-to-transcript.js';

/** A part of a conversation that a summary takes in as a whole. */
export interface FoldedPart {
  /** False for the summaries that there were before. */
  readonly isTurn: boolean;
  readonly covers: readonly MessageId[];
  /** What the summarizer reads of it, in the order in which it was said. */
  readonly texts: readonly string[];
  /** As the model that answers counts them. */
  readonly tokens: number;
}

/** What gives way to a summary, oldest first: the summaries that there are, then turns. */
export interface FoldPlan {
  readonly parts: readonly FoldedPart[];
  /** The most tokens of the summary. */
  readonly summaryTokens: number;
}

export interface FoldFacts {
  readonly messages: readonly Message[];
  /** Each call with its results. */
  readonly pinned: ReadonlySet<MessageId>;
  readonly parts: PromptParts;
  readonly fixedTokens: number;
  readonly tokensOf: (sent: Sent) => number;
  readonly compression: Compression;
}

/** A message of the kind `summary` names at most so many. */
const maxCovered = 10_000;
/** After a failure the summarizer is left alone for so many turns. */
const turnsAfterFailure = 3;

/** What stands in a `processing` message once summarizing has failed. */
export const failedStage = 'compression_failed';

/** Undefined when there is nothing old enough. Pure. */
export function planFold(facts: FoldFacts): FoldPlan | undefined {
  const { parts, compression, tokensOf } = facts;
  const standing = standingSummaries(facts);
  const old = new Set(standing.map(({ id }) => id));
  const oldSent = parts.fixed.filter(({ id }) => id !== null && old.has(id));
  const oldTokens = total(oldSent, tokensOf);
  const room = { ...compression.room, fixed: facts.fixedTokens - oldTokens };
  const from = turnsToFold(
    parts.turns.map(({ pieces }) => pieces),
    room,
    compression.summaryTokens,
  );
  const folded = foldParts(parts.turns.slice(0, from), facts);
  const turns = upTo(maxCovered - standing.length, folded).filter(({ texts }) => texts.length > 0);
  if (turns.length === 0) return undefined;
  const summaries: FoldedPart = {
    isTurn: false,
    covers: standing.map(({ id }) => id),
    texts: oldSent.map(({ message }) => mapToTranscript(message)),
    tokens: oldTokens,
  };
  return {
    parts: [...(standing.length > 0 ? [summaries] : []), ...turns],
    summaryTokens: compression.summaryTokens,
  };
}

/** True while a failure is too recent for another try. Pure. */
export function hasFailedLately(messages: readonly Message[]): boolean {
  const numbers = numberTurns(messages);
  const now = Math.max(0, ...numbers.values());
  return messages.some(
    (message) =>
      isKnown(message) &&
      message.kind === 'processing' &&
      message.data.stage === failedStage &&
      now - (numbers.get(message.id) ?? 0) < turnsAfterFailure,
  );
}

/** Those that nothing stands for. */
function standingSummaries({ messages, pinned }: FoldFacts): readonly Message[] {
  const standsFor = pairSummaries(messages, pinned);
  return messages.filter(
    (message) => isSummary(message) && !standsFor.has(message.id) && !pinned.has(message.id),
  );
}

/** Of each turn all messages, those too of which a model is sent nothing, but what is pinned or covered already. */
function foldParts(turns: readonly SentTurn[], facts: FoldFacts): readonly FoldedPart[] {
  const { messages, pinned, tokensOf } = facts;
  const standsFor = pairSummaries(messages, pinned);
  const fixed = new Set(facts.parts.fixed.map(({ id }) => id));
  const numberOf = numberIn(messages);
  return turns.map(({ number, pieces }) => {
    const inTurn = messages.filter((message) => numberOf(message) === number).map(({ id }) => id);
    const covers = inTurn.filter((id) => !pinned.has(id) && !standsFor.has(id) && !fixed.has(id));
    const sent = pieces.filter(({ isPinned }) => !isPinned).flatMap((piece) => piece.sent);
    const texts = sent.map(({ message }) => mapToTranscript(message));
    return { isTurn: true, covers, texts, tokens: total(sent, tokensOf) };
  });
}

/** The turn of a message; a result is in its call's turn, also where it came when the next one had begun. */
function numberIn(messages: readonly Message[]): (message: Message) => number {
  const numbers = new Map(numberTurns(messages));
  for (const [request, ...results] of pairCalls(messages).exchanges)
    for (const result of results) numbers.set(result.id, numbers.get(request?.id ?? '') ?? 0);
  return ({ id }) => numbers.get(id) ?? 0;
}

/** The first parts that cover no more than `most` together. */
function upTo(most: number, parts: readonly FoldedPart[]): readonly FoldedPart[] {
  let covered = 0;
  const end = parts.findIndex(({ covers }) => (covered += covers.length) > most);
  return end < 0 ? parts : parts.slice(0, end);
}

const total = (sent: readonly Sent[], tokensOf: (sent: Sent) => number): number =>
  sent.reduce((sum, one) => sum + tokensOf(one), 0);
