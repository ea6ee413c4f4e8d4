import { counterBy, histogram, histogramBy } from '../telemetry/instruments.js';

export const runsAccepted = counterBy('pullcord_runs_accepted_total', 'Runs that were accepted, by kind', [
  'kind',
]);

export const runsEnded = counterBy('pullcord_runs_ended_total', 'Runs that ended, by kind and how', [
  'kind',
  'status',
]);

/** Tool calls and the user's approvals take their time: minutes are no accident. */
const longSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

export const runSeconds = histogramBy(
  'pullcord_run_seconds',
  'From when a run was accepted to its end, its wait for its turn and for approvals included',
  ['kind'],
  longSeconds,
);

export const firstChunkSeconds = histogram(
  'pullcord_run_first_chunk_seconds',
  'From when an answer was asked for until its first chunk was durable, its wait for its turn included',
  longSeconds,
);
