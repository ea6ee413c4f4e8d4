import type { ServerResponse } from 'node:http';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { EventIds } from './announcement.js';
import { EventLimits } from './event-limits.js';
import { SignalStream } from './signal-stream.js';

/** Every open stream of this node: at most `maxSubscribers`, and all ended before the server closes. */
@Injectable()
export class SignalStreams implements BeforeApplicationShutdown {
  private readonly streams = new Set<SignalStream>();
  private isDraining = false;
  private onEmpty: (() => void) | undefined;

  constructor(
    private readonly limits: EventLimits,
    private readonly clock: Clock,
  ) {}

  get count(): number {
    return this.streams.size;
  }

  /** Why no stream can be started now, as an error code; undefined when one can. Ask right before `start`. */
  refusal(): 'too_many_requests' | 'draining' | undefined {
    if (this.isDraining) return 'draining';
    return this.streams.size >= this.limits.maxSubscribers ? 'too_many_requests' : undefined;
  }

  /** A stream on this response, counted until its connection is gone. Nothing is written before its `open`. */
  start(response: ServerResponse, ids: EventIds): SignalStream {
    const stream = new SignalStream(response, ids, this.limits, this.clock);
    this.streams.add(stream);
    stream.onClose(() => this.left(stream));
    return stream;
  }

  /**
   * Ends every stream, a millisecond apart on average and within `sseRetryMs`, so that the clients do not come back
   * all at once. Resolves when all are gone; what is not after `limitMs` is cut.
   */
  async endAll(limitMs: number): Promise<void> {
    this.isDraining = true;
    const spreadMs = Math.min(this.streams.size, this.limits.sseRetryMs, limitMs);
    for (const stream of this.streams) stream.endWithin(Math.random() * spreadMs);
    await this.emptied(limitMs);
    for (const stream of this.streams) stream.destroy();
  }

  /** After every module was told to stop, so that what open runs still announce is heard; before the server closes. */
  beforeApplicationShutdown(): Promise<void> {
    return this.endAll(this.limits.drainMs);
  }

  private emptied(limitMs: number): Promise<void> {
    if (this.streams.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, limitMs);
      this.onEmpty = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }

  private left(stream: SignalStream): void {
    this.streams.delete(stream);
    if (this.streams.size === 0) this.onEmpty?.();
  }
}
