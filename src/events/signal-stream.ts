import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { toTimestamp, type Clock } from '../kernel/clock.js';
import { frameOf, noticeFrame, type Announcement, type EventIds } from './announcement.js';
import type { EventLimits } from './event-limits.js';
import { jitter } from './jitter.js';
import { PendingSignals } from './pending-signals.js';
import { resyncs, signalsSent, streamsOpened, streamsStalled } from './signal-metrics.js';
import type { Signal } from './signals.js';

/** Lower case, so that they win over the same names among the caller's. Node adds `Connection` where it is apt. */
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/**
 * One client's open stream: an SSE writer over a response that Fastify has let go of (`reply.hijack()`).
 *
 * - It writes while the socket takes it. Once `write` answers false it waits for drain, close or error, and for
 *   `sseStallMs` at most; meanwhile signals wait in PendingSignals, so a reader that stands still costs a bounded
 *   amount of memory and nobody's time.
 * - Nothing is written before `open`: until then the caller can still answer with a problem.
 * - Snapshots come first, whatever was sent before `open` second. Nothing is ever replayed.
 * - It ends by its age, by `end`, by a stall or with its connection; the 'close' of the response (the request's would
 *   not come once the body was read) is the one place where `onClose` is called, once each.
 */
export class SignalStream {
  private phase: 'new' | 'open' | 'ending' | 'closed' = 'new';
  private snapshots: Iterator<Signal> | undefined;
  private pending: PendingSignals | undefined;
  private onCloses: (() => void)[] = [];
  /** Since when it has been waiting for the socket to drain or, at its end, to close. */
  private waitingSince: number | undefined;
  private heartbeatAt = Infinity;
  private endsAt = Infinity;
  /** The only timer, and when it rings. */
  private timer: NodeJS.Timeout | undefined;
  private ringsAt = Infinity;

  constructor(
    private readonly response: ServerResponse,
    private readonly ids: EventIds,
    private readonly limits: EventLimits,
    private readonly clock: Clock,
  ) {
    response.on('drain', () => this.drained());
    response.on('error', () => response.destroy());
    response.on('close', () => this.closed());
    // The client may have gone while the caller was looking up its context; then no 'close' will come.
    if (response.destroyed) this.closed();
  }

  /** Signals that wait for the reader. */
  get pendingCount(): number {
    return this.pending?.size ?? 0;
  }

  /** Calls back once the connection is gone, at once when it already is. */
  onClose(callback: () => void): void {
    if (this.phase === 'closed') callback();
    else this.onCloses.push(callback);
  }

  /** Starts the answer. `headers` are sent along (CORS, request id); `snapshots` are read as fast as the client reads. */
  open(snapshots: Iterable<Signal>, headers: OutgoingHttpHeaders = {}): void {
    if (this.phase !== 'new') return;
    this.phase = 'open';
    streamsOpened.add();
    this.snapshots = snapshots[Symbol.iterator]();
    const now = performance.now();
    this.heartbeatAt = now + this.limits.heartbeatMs;
    this.endsAt = Math.min(this.endsAt, now + jitter(this.limits.sseMaxAgeMs));
    this.ringBy(Math.min(this.heartbeatAt, this.endsAt));
    this.response.writeHead(200, { ...headers, ...streamHeaders });
    this.write(`: signals say that something changed, pulls say what\n${retryLine(this.limits.sseRetryMs)}`);
    this.flow();
  }

  /** Never throws, never waits. */
  send(announcement: Announcement): void {
    if (this.phase === 'ending' || this.phase === 'closed') return;
    // What flows has nothing waiting before this one.
    if (this.isFlowing) return this.announce(announcement);
    this.pending ??= new PendingSignals(this.limits.sseMaxPending);
    this.pending.add(announcement);
  }

  /** Ends it at the latest in so many milliseconds. */
  endWithin(ms: number): void {
    this.endsAt = Math.min(this.endsAt, performance.now() + ms);
    // Before `open` there is nothing to end: the caller still owes an answer, and `open` looks at the time.
    if (this.phase === 'open') this.ringBy(this.endsAt);
  }

  /** Ends it at once and in good order: the client reconnects after about `sseRetryMs`. */
  end(): void {
    if (this.phase === 'new') return this.endWithin(0);
    if (this.phase !== 'open') return;
    this.phase = 'ending';
    this.snapshots = undefined;
    this.pending = undefined;
    // Those who are sent away together are not to come back together.
    this.response.end(retryLine(jitter(this.limits.sseRetryMs)));
    this.wait();
  }

  /** Cuts the connection. */
  destroy(): void {
    this.response.destroy();
  }

  private get isFlowing(): boolean {
    return this.phase === 'open' && this.waitingSince === undefined;
  }

  private announce(announcement: Announcement): void {
    signalsSent.add();
    this.write(announcement.frame(this.ids));
  }

  private write(text: string): void {
    if (!this.response.write(text)) this.wait();
  }

  private wait(): void {
    this.waitingSince ??= performance.now();
    this.ringBy(this.waitingSince + this.limits.sseStallMs);
  }

  private drained(): void {
    this.waitingSince = undefined;
    this.flow();
  }

  private flow(): void {
    while (this.isFlowing) {
      const frame = this.nextFrame();
      if (frame === undefined) return;
      this.write(frame);
    }
  }

  private nextFrame(): string | undefined {
    const snapshot = this.snapshots?.next();
    if (snapshot && !snapshot.done) return frameOf(snapshot.value, this.ids);
    this.snapshots = undefined;
    const next = this.pending?.take();
    if (next === 'resync') {
      resyncs.add();
      return noticeFrame({ type: 'resync', reason: 'too_many_pending', timestamp: this.timestamp() });
    }
    // An idle stream keeps no empty map.
    if (!next) this.pending = undefined;
    if (next) signalsSent.add();
    return next?.frame(this.ids);
  }

  private closed(): void {
    this.phase = 'closed';
    clearTimeout(this.timer);
    this.snapshots = undefined;
    this.pending = undefined;
    for (const callback of this.onCloses.splice(0)) callback();
  }

  /** Sees to it that the timer rings at `at` or before. */
  private ringBy(at: number): void {
    if (at >= this.ringsAt) return;
    clearTimeout(this.timer);
    this.ringsAt = at;
    this.timer = setTimeout(() => this.rung(), Math.max(0, Math.ceil(at - performance.now())));
    this.timer.unref();
  }

  private rung(): void {
    const now = performance.now();
    const stallsAt = this.waitingSince === undefined ? Infinity : this.waitingSince + this.limits.sseStallMs;
    this.ringsAt = Infinity;
    if (now >= stallsAt) return this.giveUp();
    if (this.phase === 'open' && now >= this.endsAt) return this.end();
    if (this.phase === 'open' && now >= this.heartbeatAt) this.beat(now);
    this.ringBy(this.phase === 'open' ? Math.min(stallsAt, this.endsAt, this.heartbeatAt) : stallsAt);
  }

  private giveUp(): void {
    streamsStalled.add();
    this.destroy();
  }

  /** A client that does not read is told nothing by a heartbeat. */
  private beat(now: number): void {
    this.heartbeatAt = now + this.limits.heartbeatMs;
    if (this.isFlowing) this.write(noticeFrame({ type: 'heartbeat', timestamp: this.timestamp() }));
  }

  private timestamp(): string {
    return toTimestamp(this.clock.now());
  }
}

const retryLine = (ms: number): string => `retry: ${ms}\n\n`;
