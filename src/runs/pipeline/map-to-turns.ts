import { isSummary } from '../../messages/prompt/map-summaries.js';
import type { Message } from '../../messages/message-kinds.js';
import type { Sent } from '../../messages/map-to-prompt.js';
import type { Piece } from '../../prompts/budget-policy.js';

export interface SentPiece extends Piece {
  readonly sent: readonly Sent[];
}

export interface SentTurn {
  /** Its place among all turns of the messages. */
  readonly number: number;
  readonly pieces: readonly SentPiece[];
}

/** A prompt in the parts that are kept or left out. */
export interface PromptParts {
  /** What is always there: the system prompt, and summaries. */
  readonly fixed: readonly Sent[];
  /** Oldest first. */
  readonly turns: readonly SentTurn[];
}

/** The number of each message's turn: one begins where a user speaks, what the server put beside that belongs to it. Pure. */
export function numberTurns(messages: readonly Message[]): ReadonlyMap<string, number> {
  let number = 0;
  const numbers = new Map<string, number>();
  for (const message of messages) {
    const isSpoken = message.role === 'user' && message.metadata.companion_of === undefined;
    if (isSpoken && !isSummary(message)) number++;
    numbers.set(message.id, number);
  }
  return numbers;
}

export interface TurnFacts {
  /** The messages of the pool that the prompt is made of. */
  readonly messages: readonly Message[];
  readonly pinned: ReadonlySet<string>;
  readonly tokensOf: (sent: Sent) => number;
}

/** Parts a prompt. A call is in one piece with all its results. Pure. */
export function partSent(sent: readonly Sent[], { messages, pinned, tokensOf }: TurnFacts): PromptParts {
  const numbers = numberTurns(messages);
  const summaries = new Set<string>(messages.filter(isSummary).map(({ id }) => id));
  const begin = sent.findIndex(({ message }) => message.role !== 'system');
  const fixed: Sent[] = [];
  const turns = new Map<number, Sent[][]>();
  let piece: Sent[] | undefined;
  for (const [at, one] of sent.entries()) {
    const isHead = begin < 0 || at < begin;
    if (one.id === null || isHead || summaries.has(one.id)) {
      fixed.push(one);
      continue;
    }
    if (piece && one.message.role === 'tool') {
      piece.push(one);
      continue;
    }
    piece = [one];
    const number = numbers.get(one.id) ?? 0;
    turns.set(number, [...(turns.get(number) ?? []), piece]);
  }
  const pieceOf = (sent: readonly Sent[]): SentPiece => ({
    sent,
    tokens: sent.reduce((sum, one) => sum + tokensOf(one), 0),
    isPinned: sent.some(({ id }) => id !== null && pinned.has(id)),
  });
  const parts = [...turns].sort(([a], [b]) => a - b);
  return { fixed, turns: parts.map(([number, pieces]) => ({ number, pieces: pieces.map(pieceOf) })) };
}
