/** A prompt in the parts that are kept or left out as a whole. */
export interface PromptParts<Sent> {
  /** What stands before the first turn: never left out. */
  readonly head: readonly Sent[];
  /** Oldest first; each begins with what a user said, and holds all that came of it, calls with their results. */
  readonly turns: readonly (readonly Sent[])[];
}

interface Sendable {
  readonly role: string;
  /** Belongs to the message before it. */
  readonly is_companion?: boolean;
}

/** Parts a prompt where a user says something. Pure. */
export function partPrompt<Sent extends Sendable>(prompt: readonly Sent[]): PromptParts<Sent> {
  const begin = prompt.findIndex(({ role }) => role !== 'system');
  const head = begin < 0 ? prompt : prompt.slice(0, begin);
  const turns: Sent[][] = [];
  for (const message of prompt.slice(head.length)) {
    const turn = turns.at(-1);
    if (!turn || (message.role === 'user' && !message.is_companion)) turns.push([message]);
    else turn.push(message);
  }
  return { head, turns };
}

/** Tokens for the prompt: the window without the room for the answer, which takes half of it at most. */
export const promptBudget = (window: number, answer: number): number =>
  window - Math.min(answer, Math.floor(window / 2));

export type Fit =
  /** This turn and the newer ones fit. */
  | { readonly type: 'fits'; readonly from: number }
  /** Not even the newest turn does. */
  | { readonly type: 'too_long'; readonly tokens: number }
  /** Cannot be told before this part was counted: a turn by its index, or the head. */
  | { readonly type: 'uncounted'; readonly part: number | 'head' };

/**
 * Which turns fit into a budget. `counts` are the tokens of the head, then of the newest turn, the one before it and so
 * on: as far as they are known. Older turns than those that fit need not be counted. Pure.
 */
export function fitTurns(turns: number, counts: readonly number[], budget: number): Fit {
  const [head, ...counted] = counts;
  if (head === undefined) return { type: 'uncounted', part: 'head' };
  let tokens = head;
  for (let from = turns; from > 0; from--) {
    const turn = counted[turns - from];
    if (turn === undefined) return { type: 'uncounted', part: from - 1 };
    tokens += turn;
    if (tokens > budget) return from === turns ? { type: 'too_long', tokens } : { type: 'fits', from };
  }
  return tokens > budget ? { type: 'too_long', tokens } : { type: 'fits', from: 0 };
}
