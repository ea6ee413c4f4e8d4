import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  keepAll,
  keepImportant,
  keepRecent,
  promptBudget,
  turnsToFold,
  type Kept,
  type Room,
  type Turn,
} from './budget-policy.js';

/** A turn of so many tokens; those behind `+` are pinned. */
const turn = (...sizes: readonly (number | `+${number}`)[]): Turn =>
  sizes.map((size) => ({ tokens: Number(size), isPinned: typeof size === 'string' }));
const turns = (...sizes: readonly number[]): readonly Turn[] => sizes.map((size) => turn(size));
const room = (more: Partial<Room>): Room => ({ budget: 100, limit: 100, fixed: 0, keepTurns: 1, ...more });
const kept = ({ turns: numbers, tokens }: Kept): [number[], number] => [
  [...numbers].sort((a, b) => a - b),
  tokens,
];

it('leaves the answer its room, which is half of the window at most', () => {
  expect(promptBudget(1000, 100)).toBe(900);
  expect(promptBudget(1000, 4096)).toBe(500);
});

describe('the newest turns', () => {
  it('are kept without a gap, as many as the limit has room for', () => {
    expect(kept(keepRecent(turns(1, 60, 30, 20), room({ limit: 60 })))).toEqual([[2, 3], 50]);
    expect(kept(keepRecent(turns(10, 60, 30, 20), room({ limit: 120, budget: 120 })))).toEqual([
      [0, 1, 2, 3],
      120,
    ]);
  });

  it('that must be kept may fill the whole budget', () => {
    const cramped = room({ limit: 30, keepTurns: 3 });
    expect(kept(keepRecent(turns(1, 40, 40, 10), cramped))).toEqual([[1, 2, 3], 90]);
    expect(kept(keepRecent(turns(1, 60, 40, 10), cramped))).toEqual([[2, 3], 50]);
  });

  it('are one at least, whatever it takes', () => {
    expect(kept(keepRecent(turns(5, 500), room({})))).toEqual([[1], 500]);
    expect(kept(keepRecent([], room({ fixed: 7 })))).toEqual([[], 7]);
  });

  it('have the room that is left beside what is fixed and what is pinned', () => {
    const conversation = [turn('+30', 10), turn(20), turn(20), turn(20)];
    expect(kept(keepRecent(conversation, room({ fixed: 20 })))).toEqual([[2, 3], 90]);
  });
});

describe('what matters', () => {
  it('is kept beside the turns that must be, the highest score first, past what does not fit', () => {
    const conversation = turns(30, 10, 90, 20, 20);
    expect(kept(keepImportant(conversation, room({}), [5, 1, 9, 0, 0]))).toEqual([[0, 1, 3, 4], 80]);
  });

  it('is the newer of two turns that are worth the same', () => {
    expect(kept(keepImportant(turns(40, 40, 40), room({}), [1, 1, 1]))).toEqual([[1, 2], 80]);
  });
});

describe('to be summarized', () => {
  it('are all turns but the newest that half of the limit has room for', () => {
    expect(turnsToFold(turns(50, 20, 20, 10), room({}), 0)).toBe(1);
    expect(turnsToFold(turns(50, 20, 20, 10), room({}), 15)).toBe(2);
    expect(turnsToFold(turns(50, 20, 20, 10), room({ fixed: 15 }), 15)).toBe(3);
  });

  it('are never those that must be kept, nor any where there are no more', () => {
    expect(turnsToFold(turns(50, 50, 50), room({ keepTurns: 2 }), 50)).toBe(1);
    expect(turnsToFold(turns(50, 50), room({ keepTurns: 2 }), 50)).toBe(0);
    expect(turnsToFold([], room({}), 50)).toBe(0);
  });
});

it('whatever the conversation, keeps what is pinned and the newest turn, and stays in the budget if that can be', () => {
  const anyTurn = fc.array(fc.record({ tokens: fc.nat(50), isPinned: fc.boolean() }), { maxLength: 4 });
  const anyRoom = fc
    .record({
      budget: fc.nat(300),
      limit: fc.nat(300),
      fixed: fc.nat(50),
      keepTurns: fc.integer({ min: 1, max: 4 }),
    })
    .map((any) => ({ ...any, limit: Math.min(any.limit, any.budget) }));
  const count = (conversation: readonly Turn[], at: ReadonlySet<number>): number =>
    conversation
      .flatMap((pieces, index) => pieces.filter(({ isPinned }) => isPinned || at.has(index)))
      .reduce((sum, { tokens }) => sum + tokens, 0);
  fc.assert(
    fc.property(fc.array(anyTurn, { minLength: 1, maxLength: 8 }), anyRoom, (conversation, within) => {
      const newest = conversation.length - 1;
      const least = within.fixed + count(conversation, new Set([newest]));
      const scores = conversation.map((_, at) => at % 3);
      for (const found of [keepRecent(conversation, within), keepImportant(conversation, within, scores)]) {
        expect(found.turns.has(newest)).toBe(true);
        expect(found.tokens).toBe(within.fixed + count(conversation, found.turns));
        expect(found.tokens).toBeLessThanOrEqual(Math.max(least, within.budget));
      }
      expect(keepAll(conversation, within).tokens).toBe(
        within.fixed + count(conversation, new Set(conversation.keys())),
      );
    }),
  );
});
