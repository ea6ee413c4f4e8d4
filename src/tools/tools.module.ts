import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '../kernel/clock.js';
import { BuiltinTools } from './builtin/builtin-tools.js';
import { ToolRegistry } from './tool-registry.js';
import { Workspaces } from './workspace/workspaces.js';

/** What models may call, and the folders that they may see. */
@Module({
  providers: [
    Workspaces,
    {
      provide: BuiltinTools,
      inject: [Settings, Clock, Workspaces],
      useFactory: (settings: Settings, clock: Clock, workspaces: Workspaces) =>
        new BuiltinTools(settings, { clock, workspaces }),
    },
    {
      provide: ToolRegistry,
      inject: [Settings, BuiltinTools],
      useFactory: (settings: Settings, builtin: BuiltinTools) => new ToolRegistry(settings, [builtin]),
    },
  ],
  exports: [ToolRegistry, Workspaces],
})
export class ToolsModule {}
