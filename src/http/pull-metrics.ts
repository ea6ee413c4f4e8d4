import { counterBy } from '../telemetry/instruments.js';

/** What a client says that it has: the revision of a context, the sequence of a message, the ETag of an answer. */
export type PullCursor = 'revision' | 'sequence' | 'etag';

const pulls = counterBy(
  'pullcord_pulls_total',
  'Pulls that were answered, by what they asked with, and whether there was anything newer',
  ['cursor', 'found'],
);

const counts = {
  revision: { something: pulls.of('revision', 'something'), nothing: pulls.of('revision', 'nothing') },
  sequence: { something: pulls.of('sequence', 'something'), nothing: pulls.of('sequence', 'nothing') },
  etag: { something: pulls.of('etag', 'something'), nothing: pulls.of('etag', 'nothing') },
} as const;

/** Counts a pull that is answered. */
export const measurePull = (cursor: PullCursor, hasFound: boolean): void =>
  counts[cursor][hasFound ? 'something' : 'nothing'].add();
