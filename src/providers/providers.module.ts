import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { RequestCounter } from './counting/request-counter.js';
import { ModelRegistry } from './model-registry.js';
import { openProviders } from './open-providers.js';

@Module({
  providers: [
    RequestCounter,
    {
      provide: ModelRegistry,
      inject: [Settings],
      useFactory: async (settings: Settings) => new ModelRegistry(settings, await openProviders(settings)),
    },
  ],
  exports: [ModelRegistry, RequestCounter],
})
export class ProvidersModule {}
