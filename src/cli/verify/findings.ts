import type { Snapshot } from '../../storage/snapshot.js';
import { checkContext, contextsOf } from './check-contexts.js';
import { checkDeleted, deletedOf } from './check-deleted.js';
import { checkStrays } from './check-strays.js';
import type { Tally } from './tally.js';

export { newTally } from './tally.js';

/** Everything that is wrong in a database, a sentence each, ending when it cannot be read any further. */
export async function* findings(
  { reads, integrity }: Snapshot,
  how: 'quick' | 'thorough',
  tally: Tally,
): AsyncGenerator<string, void> {
  try {
    for (const line of integrity(how)) yield `database: ${line}`;
    yield* checkStrays(reads);
    for await (const context of contextsOf(reads)) yield* checkContext(reads, context, tally);
    for await (const deleted of deletedOf(reads)) yield* checkDeleted(reads, deleted, tally);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    yield `database: cannot be read any further: ${(error as Error).message}`;
  }
}

/** A damaged file or a lost connection, as opposed to a mistake of ours. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'DomainError' ||
    /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(String((error as { code?: unknown }).code)));
