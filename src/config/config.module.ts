import { Module, type DynamicModule } from '@nestjs/common';
import { Settings } from './settings.js';

/** Gives Settings to every room. */
@Module({})
export class ConfigModule {
  /** They are read before Nest starts, so that a wrong one is a single line and not a failed injection. */
  static with(settings: Settings): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Settings, useValue: settings }],
      exports: [Settings],
    };
  }
}
