import { describe, expect, it } from 'vitest';
import { fitTurns, partPrompt, promptBudget } from './budget-policy.js';

const named = (role: string) => (role === 'file' ? { role: 'user', is_companion: true } : { role });
const parted = (...roles: string[]) => {
  const { head, turns } = partPrompt(roles.map(named));
  return [head, ...turns].map((part) => part.map(({ role }) => role).join(' '));
};

describe('a prompt is parted', () => {
  it.each([
    ['into nothing when it is empty', [], ['']],
    ['before each turn of the user', ['user', 'assistant', 'user'], ['', 'user assistant', 'user']],
    ['after what stands before all turns', ['system', 'system', 'user'], ['system system', 'user']],
    [
      'never between a call and its result',
      ['user', 'assistant', 'tool', 'tool', 'assistant', 'tool', 'user'],
      ['', 'user assistant tool tool assistant tool', 'user'],
    ],
    [
      'never between a message and its files',
      ['user', 'file', 'file', 'assistant'],
      ['', 'user user user assistant'],
    ],
    [
      'between two messages that wait for one answer',
      ['user', 'user', 'assistant'],
      ['', 'user', 'user assistant'],
    ],
    [
      'with what came in the middle of a turn',
      ['user', 'system', 'assistant'],
      ['', 'user system assistant'],
    ],
    ['with a turn of which the beginning is not there', ['assistant', 'user'], ['', 'assistant', 'user']],
  ])('%s', (_, roles, parts) => {
    expect(parted(...roles)).toEqual(parts);
  });
});

describe('the budget', () => {
  it('is the window without the answer, which has half of it at most', () => {
    expect(promptBudget(1000, 100)).toBe(900);
    expect(promptBudget(1000, 4096)).toBe(500);
  });

  it('is asked for one part after the other, the newest turn first', () => {
    expect(fitTurns(3, [], 100)).toEqual({ type: 'uncounted', part: 'head' });
    expect(fitTurns(3, [10], 100)).toEqual({ type: 'uncounted', part: 2 });
    expect(fitTurns(3, [10, 20], 100)).toEqual({ type: 'uncounted', part: 1 });
  });

  it('leaves out the oldest turns, and asks for no more than it must', () => {
    expect(fitTurns(3, [10, 20, 80], 100)).toEqual({ type: 'fits', from: 2 });
    expect(fitTurns(3, [10, 20, 70, 1], 100)).toEqual({ type: 'fits', from: 1 });
    expect(fitTurns(3, [10, 20, 30, 40], 100)).toEqual({ type: 'fits', from: 0 });
  });

  it('never leaves out the newest turn, nor what stands before all of them', () => {
    expect(fitTurns(2, [10, 91], 100)).toEqual({ type: 'too_long', tokens: 101 });
    expect(fitTurns(0, [101], 100)).toEqual({ type: 'too_long', tokens: 101 });
    expect(fitTurns(0, [100], 100)).toEqual({ type: 'fits', from: 0 });
  });
});
