import { Injectable } from '@nestjs/common';
import { version } from '../config/version.js';
import { SignalBus } from '../events/signal-bus.js';
import { SignalStreams } from '../events/signal-streams.js';
import { openCalls } from '../providers/provider-metrics.js';
import type { OpenRunStatus } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { Storage } from '../storage/storage.js';
import { LongPoll } from '../streaming/long-poll.js';
import type { Family } from '../telemetry/family.js';
import { mapToGauges } from './map-to-gauges.js';
import { OpenRunsPull } from './open-runs.pull.js';

const openStatuses: readonly OpenRunStatus[] = ['queued', 'accepted', 'running', 'waiting', 'paused'];

/** Looks at what is there, whenever somebody asks. */
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
    const runs: Record<string, number> = {};
    for (const status of openStatuses) runs[status] = await this.runs.count(status);
    return mapToGauges({
      version,
      node: process.version,
      dialect: this.storage.dialect,
      runs,
      liveRuns: this.runner.liveCount,
      streams: this.streams.count,
      subscribers: this.bus.subscriberCount,
      longPolls: this.longPoll.count,
      waitingUnits: this.storage.waiting,
      openCalls: openCalls(),
    });
  }
}
