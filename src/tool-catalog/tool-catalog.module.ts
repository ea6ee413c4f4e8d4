import { Module } from '@nestjs/common';
import { ToolsModule } from '../tools/tools.module.js';
import { McpController } from './mcp.controller.js';
import { ToolsController } from './tools.controller.js';

/** Shows what there is to call. */
@Module({ imports: [ToolsModule], controllers: [ToolsController, McpController] })
export class ToolCatalogModule {}
