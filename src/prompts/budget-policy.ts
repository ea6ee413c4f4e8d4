/** What is sent or left out as a whole: a message, or calls together with their results. */
export interface Piece {
  readonly tokens: number;
  /** Stays, however little room there is. */
  readonly isPinned: boolean;
}

/** Begins with what a user said and holds all that came of it. */
export type Turn = readonly Piece[];

/** The room that a prompt has, in tokens. */
export interface Room {
  /** More than this is never sent. */
  readonly budget: number;
  /** Past this, older turns give way; at most the budget. */
  readonly limit: number;
  /** Taken by what is always there: the system prompt, the tools, a summary. */
  readonly fixed: number;
  /** So many of the newest turns may fill the whole budget, not only what the limit leaves. */
  readonly keepTurns: number;
}

/** Tokens for the prompt: the window without the room for the answer, which takes half of it at most. */
export const promptBudget = (window: number, answer: number): number =>
  window - Math.min(answer, Math.floor(window / 2));

/** What is kept of a conversation: these turns whole, of all others what is pinned. */
export interface Kept {
  readonly turns: ReadonlySet<number>;
  /** Of all that is kept, what is fixed included. More than the budget when not even the newest turn fits. */
  readonly tokens: number;
}

/** Everything, whether it fits or not. Pure. */
export const keepAll = (turns: readonly Turn[], { fixed }: Room): Kept => ({
  turns: new Set(turns.keys()),
  tokens: fixed + sum(turns.map(costOf)) + pinnedIn(turns),
});

/** The newest turns without a gap, as many as there is room for. The newest one is kept whatever it takes. Pure. */
export function keepRecent(turns: readonly Turn[], room: Room): Kept {
  const kept = new Set<number>();
  let tokens = room.fixed + pinnedIn(turns);
  for (let at = turns.length - 1; at >= 0; at--) {
    const cost = costOf(turns[at] ?? []);
    const isRecent = turns.length - at <= room.keepTurns;
    if (kept.size > 0 && tokens + cost > (isRecent ? room.budget : room.limit)) break;
    kept.add(at);
    tokens += cost;
  }
  return { turns: kept, tokens };
}

/**
 * The newest turns as `keepRecent` has them, but no more than must be kept; then of the older ones those with the highest
 * score, the newer of two alike, as long as there is room. `scores` has a number for each turn. Pure.
 */
export function keepImportant(turns: readonly Turn[], room: Room, scores: readonly number[]): Kept {
  const recent = keepRecent(turns, { ...room, limit: 0 });
  const kept = new Set(recent.turns);
  let { tokens } = recent;
  const older = [...turns.keys()].filter((at) => !kept.has(at));
  older.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || b - a);
  for (const at of older) {
    const cost = costOf(turns[at] ?? []);
    if (tokens + cost > room.limit) continue;
    kept.add(at);
    tokens += cost;
  }
  return { turns: kept, tokens };
}

/**
 * How many of the oldest turns give way to a summary of `summary` tokens: all but those that must be kept and those that
 * half of the limit has room for, so that the next summary is not due at once. Pure.
 */
export function turnsToFold(turns: readonly Turn[], room: Room, summary: number): number {
  let tokens = room.fixed + summary + pinnedIn(turns);
  let from = turns.length;
  while (from > 0) {
    tokens += costOf(turns[from - 1] ?? []);
    if (turns.length - from >= room.keepTurns && tokens > room.limit / 2) break;
    from--;
  }
  return from;
}

/** Tokens of a turn beside what is pinned in it. */
const costOf = (turn: Turn): number => sum(turn.map(({ tokens, isPinned }) => (isPinned ? 0 : tokens)));

const pinnedIn = (turns: readonly Turn[]): number =>
  sum(turns.flat().map(({ tokens, isPinned }) => (isPinned ? tokens : 0)));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
