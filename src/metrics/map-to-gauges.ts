import type { Family, Series } from '../telemetry/family.js';

/** What is there at the moment of a scrape. */
export interface Looked {
  readonly version: string;
  readonly node: string;
  readonly dialect: string;
  /** By status, of all nodes. */
  readonly runs: Readonly<Record<string, number>>;
  readonly liveRuns: number;
  readonly streams: number;
  readonly subscribers: number;
  readonly longPolls: number;
  readonly waitingUnits: number;
  /** By provider. */
  readonly openCalls: ReadonlyMap<string, number>;
}

/** Rows that a scrape counts of each status: it must not become a long read. */
export const mostRuns = 10_000;

/** What is not counted but looked at, as families. Pure. */
export const mapToGauges = (looked: Looked): readonly Family[] => [
  gauge(
    'pullcord_build',
    'Always 1; its labels say what runs here',
    ['version', 'node', 'dialect'],
    [{ labels: [looked.version, looked.node, looked.dialect], value: 1 }],
  ),
  gauge(
    'pullcord_runs',
    `Runs that are not over, of all nodes, by status; no more than ${mostRuns} of each are counted`,
    ['status'],
    Object.entries(looked.runs).map(([status, value]) => ({ labels: [status], value })),
  ),
  plain('pullcord_runs_live', 'Runs that this node executes', looked.liveRuns),
  plain('pullcord_streams', 'Streams of signals that are open', looked.streams),
  plain('pullcord_subscribers', 'Subscriptions to the bus: streams, and pulls that wait', looked.subscribers),
  plain('pullcord_long_polls', 'Pulls that are held open by wait_ms', looked.longPolls),
  plain('pullcord_units_waiting', 'Units of work that wait for their COMMIT', looked.waitingUnits),
  gauge(
    'pullcord_provider_calls_open',
    'Calls to providers that are under way, or wait for a free place',
    ['provider'],
    [...looked.openCalls].map(([provider, value]) => ({ labels: [provider], value })),
  ),
];

const gauge = (
  name: string,
  about: string,
  labelNames: readonly string[],
  series: readonly Series<number>[],
): Family => ({ kind: 'gauge', name, about, labelNames, series: () => series });

const plain = (name: string, about: string, value: number): Family =>
  gauge(name, about, [], [{ labels: [], value }]);
