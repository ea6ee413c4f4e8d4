import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { RequestCounter } from './counting/request-counter.js';
import { ModelCatalog } from './model-catalog.js';
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
    {
      provide: ModelCatalog,
      inject: [ModelRegistry, Settings],
      useFactory: (registry: ModelRegistry, settings: Settings) => new ModelCatalog(registry, settings),
    },
  ],
  exports: [ModelRegistry, ModelCatalog, RequestCounter],
})
export class ProvidersModule {}
