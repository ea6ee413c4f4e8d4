import { basename } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import type { WorkspaceHint } from '../../prompts/map-to-system.js';
import { ToolError } from '../../tools/tool-source.js';
import { Workspaces } from '../../tools/workspace/workspaces.js';
import type { Surroundings } from './draft.js';

/** Reads what a model is told of where it works. */
@Injectable()
export class SurroundingsReader {
  constructor(private readonly workspaces: Workspaces) {}

  async read({ config }: Context): Promise<Surroundings> {
    const workspace = config.workspace_path ? await this.hint(config.workspace_path) : undefined;
    return { ...(workspace && { workspace }), tools: [] };
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
