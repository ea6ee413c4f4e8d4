import { basename } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import type { WorkspaceHint } from '../../prompts/map-to-system.js';
import { ToolRegistry } from '../../tools/tool-registry.js';
import { ToolError } from '../../tools/tool-source.js';
import { Workspaces } from '../../tools/workspace/workspaces.js';
import { offerOf } from '../tool-rounds/offer-of.js';
import type { Surroundings } from './draft.js';

/** Reads what a model is told of where it works. */
@Injectable()
export class SurroundingsReader {
  constructor(
    private readonly workspaces: Workspaces,
    private readonly tools: ToolRegistry,
  ) {}

  async read(context: Context): Promise<Surroundings> {
    const { config } = context;
    const workspace = config.workspace_path ? await this.hint(config.workspace_path) : undefined;
    const offered = await this.tools.offered(offerOf(context));
    const tools = offered.map(({ name, description, parameters }) => ({ name, description, parameters }));
    return { ...(workspace && { workspace }), tools };
  }

  /** None of a workspace that is gone: a message that needs it fails with it, all others can do without. */
  private async hint(folder: string): Promise<WorkspaceHint | undefined> {
    try {
      const { root } = await this.workspaces.open(folder);
      return { name: basename(root), entries: [], isCut: false };
    } catch (error) {
      if (error instanceof ToolError) return undefined;
      throw error;
    }
  }
}
