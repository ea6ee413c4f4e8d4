import { Injectable } from '@nestjs/common';
import { version } from '../config/version.js';
import { SignalBus } from '../events/signal-bus.js';
import { SignalStreams } from '../events/signal-streams.js';
import { openCalls } from '../providers/provider-metrics.js';
import type { OpenRunStatus } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { Storage } from '../storage/storage.js';
import { LongPoll } from '../streaming/long-poll.js';
import type { Family, Series } from '../telemetry/family.js';
import { OpenRunsPull } from './open-runs.pull.js';

const openStatuses: readonly OpenRunStatus[] = ['queued', 'accepted', 'running', 'waiting', 'paused'];

/** What is not counted but looked at, whenever somebody asks. */
@Injectable()
export class ServerGauges {
  constructor(
    private readonly runs: OpenRunsPull,
    private readonly runner: Runner,
    private readonly streams: SignalStreams,
    private readonly bus: SignalBus,
    private readonly longPoll: LongPoll,
    private readonly storage: Storage,
  ) {}

  async read(): Promise<readonly Family[]> {
    const open: Series<number>[] = [];
    for (const status of openStatuses) open.push({ labels: [status], value: await this.runs.count(status) });
    return [
      gauge(
        'pullcord_build',
        'Always 1; its labels say what runs here',
        ['version', 'node', 'dialect'],
        [{ labels: [version, process.version, this.storage.dialect], value: 1 }],
      ),
      gauge(
        'pullcord_runs',
        'Runs that are not over, of all nodes, by status; no more than 10000 of each are counted',
        ['status'],
        open,
      ),
      plain('pullcord_runs_live', 'Runs that this node executes', this.runner.liveCount),
      plain('pullcord_streams', 'Streams of signals that are open', this.streams.count),
      plain(
        'pullcord_subscribers',
        'Subscriptions to the bus: streams, and pulls that wait',
        this.bus.subscriberCount,
      ),
      plain('pullcord_long_polls', 'Pulls that are held open by wait_ms', this.longPoll.count),
      plain('pullcord_units_waiting', 'Units of work that wait for their COMMIT', this.storage.waiting),
      gauge(
        'pullcord_provider_calls_open',
        'Calls to providers that are under way, or wait for a free place',
        ['provider'],
        [...openCalls()].map(([provider, value]) => ({ labels: [provider], value })),
      ),
    ];
  }
}

const gauge = (
  name: string,
  about: string,
  labelNames: readonly string[],
  series: readonly Series<number>[],
): Family => ({
  kind: 'gauge',
  name,
  about,
  labelNames,
  series: () => series,
});

const plain = (name: string, about: string, value: number): Family =>
  gauge(name, about, [], [{ labels: [], value }]);
