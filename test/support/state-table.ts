import { readFileSync } from 'node:fs';
import type { StateInSignal } from './context-client.js';

const page = readFileSync(new URL('../../docs/reference/state-machine.md', import.meta.url), 'utf8');

/** The moves that docs/reference/state-machine.md allows, as "from → to". */
const moves = new Set(
  [...page.matchAll(/^\| `([^`]+)` +\| `[^`]+` +\| `([^`]+)` +\|/gm)].map(
    ([, from, to]) => `${from} → ${to}`,
  ),
);
if (moves.size < 30) throw new Error('the table of moves was not found in docs/reference/state-machine.md');

/** A state as that page names it: with the reason, where there is one. */
export const nameOf = ({ type, reason }: StateInSignal): string => (reason ? `${type}(${reason})` : type);

/** Whether the page lists such a move. */
export const isLegal = (from: StateInSignal, to: StateInSignal): boolean =>
  moves.has(`${nameOf(from)} → ${nameOf(to)}`);
