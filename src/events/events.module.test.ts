import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, it } from 'vitest';
import { contentDelta, contextId, eventLimits, owner } from '../../test/support/sample-signals.js';
import { Clock, SystemClock } from '../kernel/clock.js';
import type { Announcement } from './announcement.js';
import { EventLimits } from './event-limits.js';
import { EventsModule } from './events.module.js';
import { SignalBus } from './signal-bus.js';
import { SignalStreams } from './signal-streams.js';

/** Stands for the settings, which this room does not know. */
abstract class SomeSettings extends EventLimits {}

@Module({})
class Outside {}

it('gives every room the bus and the streams, and publishes what is held when the service stops', async () => {
  const outside = {
    module: Outside,
    global: true,
    providers: [
      { provide: SomeSettings, useValue: eventLimits({ signalMergeMs: 60_000 }) },
      { provide: Clock, useClass: SystemClock },
    ],
    exports: [SomeSettings, Clock],
  };
  @Module({ imports: [outside, EventsModule.with(SomeSettings)] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const heard: Announcement[] = [];
  app.get(SignalBus).subscribeContext(contextId, (announcement) => heard.push(announcement));
  app.get(SignalBus).publish(owner, contentDelta(1));
  app.get(SignalBus).publish(owner, contentDelta(2));
  expect(heard).toHaveLength(1);
  await app.close();
  expect(heard.map(({ signal }) => signal)).toEqual([contentDelta(1), contentDelta(2)]);
  expect(app.get(SignalStreams).refusal()).toBe('draining');
});
