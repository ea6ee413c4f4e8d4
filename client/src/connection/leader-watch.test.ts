import { expect, it } from 'vitest';
import { watchLeader, type LeaderWatch } from './leader-watch.js';

const verdicts = (watch: LeaderWatch, ...times: readonly number[]) => times.map((time) => watch.look(time));

it('asks a leader that says nothing, and gives it up when it does not answer', () => {
  const watch = watchLeader(5, 0);
  expect(verdicts(watch, 4, 5, 9, 14, 15)).toEqual(['present', 'ask', 'present', 'present', 'gone']);
});

it('keeps a leader that says anything at all', () => {
  const watch = watchLeader(5, 0);
  expect(verdicts(watch, 5)).toEqual(['ask']);
  watch.heard(6);
  expect(verdicts(watch, 10, 11)).toEqual(['present', 'ask']);
});

it('gives up nobody because it looked late: the answer may lie there unread', () => {
  const watch = watchLeader(5, 0);
  expect(verdicts(watch, 5, 60, 64, 70)).toEqual(['ask', 'ask', 'present', 'gone']);
});

it('joins anew after a sleep in which it may have missed anything', () => {
  const watch = watchLeader(5, 0);
  watch.heard(1);
  expect(verdicts(watch, 4, 4 + 91)).toEqual(['present', 'join']);
});
