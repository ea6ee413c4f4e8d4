import { Module, type Abstract, type DynamicModule } from '@nestjs/common';
import { EventLimits } from './event-limits.js';
import { SignalBus } from './signal-bus.js';
import { StreamBeginnings } from './stream-beginnings.js';
import { SignalStreams } from './signal-streams.js';

/** Gives the bus and the open streams to every room. */
@Module({})
export class EventsModule {
  /** `limits` is the class of a provider that has them: this room knows nobody, not even the settings. */
  static with(limits: Abstract<EventLimits>): DynamicModule {
    return {
      module: EventsModule,
      global: true,
      providers: [{ provide: EventLimits, useExisting: limits }, SignalBus, SignalStreams, StreamBeginnings],
      exports: [SignalBus, SignalStreams, StreamBeginnings],
    };
  }
}
