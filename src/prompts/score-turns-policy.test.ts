import { expect, it } from 'vitest';
import { scoreTurns } from './score-turns-policy.js';

const said = (asked: string, answer = 'Yes.') => ({ asked, text: `${asked}\n${answer}` });

/** The turns' numbers, the one that is worth most first. */
const ranked = (turns: readonly string[], question: string): number[] => {
  const scores = scoreTurns(
    turns.map((asked) => said(asked)),
    question,
  );
  return [...turns.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
};

it('puts the turn first that speaks of what is asked', () => {
  expect(
    ranked(['The harbour opens early', 'We like cake', 'It rains'], 'When does the harbour open?')[0],
  ).toBe(0);
});

it('counts a word for more when few turns have it', () => {
  const turns = ['about the ship', 'about the ship and the anchor', 'about the ship', 'about the ship'];
  expect(ranked(turns, 'the ship, the anchor')[0]).toBe(1);
});

it('finds words of scripts that put no blanks between them', () => {
  expect(ranked(['港口几点开放', '我们喜欢蛋糕', '今天下雨'], '请问港口什么时候开')[0]).toBe(0);
});

it('holds the user to figures and names in code, and otherwise prefers what is newer', () => {
  expect(ranked(['The limit is 250', 'Fine', 'Good'], 'Go on')).toEqual([0, 2, 1]);
});

it('gives every turn a number from 0 to 1, whatever is asked', () => {
  for (const question of ['', '?!', 'ship '.repeat(10_000)])
    for (const score of scoreTurns([said('ship 1'), said('')], question)) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }
});
