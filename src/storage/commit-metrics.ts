import { counterBy, histogram } from '../telemetry/instruments.js';

const powersOfTwo = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

export const unitsPerCommit = histogram(
  'pullcord_commit_units',
  'Units that shared one COMMIT, where it wrote anything; on PostgreSQL always one',
  powersOfTwo,
);

export const syncSeconds = histogram(
  'pullcord_commit_sync_seconds',
  'How long the disk took to keep a COMMIT; SQLite with synchronous FULL alone',
);

export const unitSeconds = histogram(
  'pullcord_unit_seconds',
  'From when a unit was given to the storage until it was durable, its wait for others included',
);

export const unitsCommitted = counterBy('pullcord_units_total', 'Units that were committed, by name', [
  'unit',
]);

export const unitsUndone = counterBy(
  'pullcord_units_undone_total',
  'Units of which nothing stayed: refused by what they found, or because the database was unavailable',
  ['unit', 'reason'],
);
