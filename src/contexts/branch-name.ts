import { foldTitle } from './context-row.js';

/** The form in which names of branches are compared: two that look alike are one. Pure. */
export const foldName = (name: string): string => foldTitle(name).replace(/\s+/gu, ' ').trim();

/** The name of a branch that nobody has named: `branch-N`, N from the count of branches on. Pure. */
export function nextName(names: readonly string[]): string {
  const taken = new Set(names.map(foldName));
  for (let n = names.length + 1; ; n++) if (!taken.has(`branch-${n}`)) return `branch-${n}`;
}
