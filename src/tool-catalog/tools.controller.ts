import { Controller, Get, Query } from '@nestjs/common';
import { Operation, Tag } from '../http/operation.js';
import { ToolRegistry } from '../tools/tool-registry.js';
import { ListTools, ToolList, ToolView } from './dto/tool-views.js';

@Tag('tools')
@Controller('tools')
export class ToolsController {
  constructor(private readonly tools: ToolRegistry) {}

  @Get()
  @Operation({
    id: 'listTools',
    summary: 'List tools',
    about:
      'What models can call now. A tool of an MCP server that is down is not listed. Which calls need approval is up to the context’s `tool_policy`.',
    answer: { status: 200, about: 'The tools.', type: ToolList },
    errors: ['invalid_request'],
  })
  async list(@Query() { role = 'actor' }: ListTools): Promise<ToolList> {
    const tools = await this.tools.offered({ role, hasWorkspace: true });
    return { tools: tools.map((tool) => ToolView.of(tool)) };
  }
}
