import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  contentDelta,
  contextId,
  eventLimits,
  messageCompleted,
  otherContextId,
  owner,
  stateChanged,
} from '../../test/support/sample-signals.js';
import type { Owner } from '../kernel/ids.js';
import type { Announcement } from './announcement.js';
import { SignalBus } from './signal-bus.js';
import { Topics } from './topics.js';

const stranger = 'mallory' as Owner;
const elsewhere = { context_id: otherContextId };

/** A listener that remembers. */
function hearing() {
  const heard: Announcement[] = [];
  return { heard, listener: (announcement: Announcement) => void heard.push(announcement) };
}
const signalsOf = (heard: readonly Announcement[]) => heard.map(({ signal }) => signal);

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('SignalBus', () => {
  it('tells the subscribers of the context and those of its owner, and nobody else', () => {
    const bus = new SignalBus(eventLimits());
    const [ofContext, ofOther, ofOwner, ofStranger] = [hearing(), hearing(), hearing(), hearing()];
    bus.subscribeContext(contextId, ofContext.listener);
    bus.subscribeContext(otherContextId, ofOther.listener);
    bus.subscribeOwner(owner, ofOwner.listener);
    bus.subscribeOwner(stranger, ofStranger.listener);
    bus.publish(owner, stateChanged(1));
    expect(signalsOf(ofContext.heard)).toEqual([stateChanged(1)]);
    expect(signalsOf(ofOwner.heard)).toEqual([stateChanged(1)]);
    expect(ofOther.heard).toEqual([]);
    expect(ofStranger.heard).toEqual([]);
    expect(ofContext.heard[0]).toBe(ofOwner.heard[0]);
  });

  it('publishes a context in the order of its commits', () => {
    const bus = new SignalBus(eventLimits({ signalMergeMs: 25 }));
    const { heard, listener } = hearing();
    bus.subscribeContext(contextId, listener);
    const signals = [
      stateChanged(56),
      contentDelta(1),
      contentDelta(2),
      messageCompleted(2),
      stateChanged(59),
    ];
    for (const signal of signals) bus.publish(owner, signal);
    expect(signalsOf(heard)).toEqual(signals);
  });

  it('merges deltas before they reach anybody', () => {
    vi.useFakeTimers();
    const bus = new SignalBus(eventLimits({ signalMergeMs: 25 }));
    const { heard, listener } = hearing();
    bus.subscribeOwner(owner, listener);
    for (let sequence = 1; sequence <= 100; sequence += 1) bus.publish(owner, contentDelta(sequence));
    vi.advanceTimersByTime(25);
    expect(signalsOf(heard)).toEqual([contentDelta(1), contentDelta(100)]);
  });

  it('logs a subscriber that throws, and neither the others nor the publisher notice', () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const bus = new SignalBus(eventLimits());
    const [first, last] = [hearing(), hearing()];
    bus.subscribeContext(contextId, first.listener);
    bus.subscribeContext(contextId, () => {
      throw new Error('a broken subscriber');
    });
    bus.subscribeContext(contextId, last.listener);
    expect(() => bus.publish(owner, stateChanged(1))).not.toThrow();
    bus.publish(owner, stateChanged(2));
    expect(signalsOf(first.heard)).toEqual([stateChanged(1), stateChanged(2)]);
    expect(signalsOf(last.heard)).toEqual([stateChanged(1), stateChanged(2)]);
    expect(error).toHaveBeenCalledTimes(2);
    expect(error.mock.calls[0]).toEqual([
      `A subscriber of context ${contextId} failed on state_changed`,
      expect.stringContaining('a broken subscriber'),
    ]);
  });

  it('tells a subscriber nothing once it has left, even if that was while others were being told', () => {
    const bus = new SignalBus(eventLimits());
    const { heard, listener } = hearing();
    bus.subscribeContext(contextId, () => leave());
    const leave = bus.subscribeContext(contextId, listener);
    bus.publish(owner, stateChanged(1));
    expect(heard).toEqual([]);
  });

  it('counts its subscribers, each once, however often they leave', () => {
    const bus = new SignalBus(eventLimits());
    const { listener } = hearing();
    const leave = [
      bus.subscribeContext(contextId, listener),
      bus.subscribeContext(contextId, listener),
      bus.subscribeOwner(owner, listener),
    ];
    expect(bus.subscriberCount).toBe(3);
    leave[0]?.();
    leave[0]?.();
    expect(bus.subscriberCount).toBe(2);
    for (const each of leave) each();
    expect(bus.subscriberCount).toBe(0);
  });

  it('publishes a held delta when its module ends', () => {
    const bus = new SignalBus(eventLimits({ signalMergeMs: 60_000 }));
    const { heard, listener } = hearing();
    bus.subscribeContext(contextId, listener);
    for (const signal of [contentDelta(1), contentDelta(2)]) bus.publish(owner, signal);
    bus.onModuleDestroy();
    expect(signalsOf(heard)).toEqual([contentDelta(1), contentDelta(2)]);
  });
});

describe('pitfall "Snapshot and replay buffer overlap"', () => {
  it('replays nothing to who subscribes later', () => {
    const bus = new SignalBus(eventLimits());
    bus.publish(owner, stateChanged(1));
    const { heard, listener } = hearing();
    bus.subscribeContext(contextId, listener);
    bus.subscribeOwner(owner, listener);
    expect(heard).toEqual([]);
  });
});

describe('Topics', () => {
  it('keeps a topic only while somebody listens', () => {
    const topics = new Topics<typeof contextId>(() => undefined);
    const { listener } = hearing();
    const leave = [
      topics.subscribe(contextId, listener),
      topics.subscribe(contextId, listener),
      topics.subscribe(elsewhere.context_id, listener),
    ];
    expect(topics.topicCount).toBe(2);
    leave[0]?.();
    expect(topics.topicCount).toBe(2);
    leave[1]?.();
    expect(topics.topicCount).toBe(1);
    const leaveAgain = topics.subscribe(contextId, listener);
    leave[1]?.();
    expect(topics.has(contextId)).toBe(true);
    leaveAgain();
    leave[2]?.();
    expect(topics.topicCount).toBe(0);
  });
});
