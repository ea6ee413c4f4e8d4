import { basename } from 'node:path';
import { Injectable } from '@nestjs/common';
import { modesOf, type Mode } from '../../config/mode-table.js';
import type { ModelFacts } from '../../config/model-table.js';
import { Settings } from '../../config/settings.js';
import type { Context } from '../../contexts/context-row.js';
import { SystemPromptTexts } from '../../contexts/system-prompts/system-prompt-texts.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { AbortReason } from '../../prompts/pipeline.js';
import type { WorkspaceHint } from '../../prompts/map-to-system.js';
import { ToolRegistry } from '../../tools/tool-registry.js';
import { ToolError } from '../../tools/tool-source.js';
import type { Workspace } from '../../tools/workspace/workspace.js';
import { Workspaces } from '../../tools/workspace/workspaces.js';
import { offerOf } from '../tool-rounds/offer-of.js';
import type { Surroundings } from './draft.js';

/** Reads what a model is told of where it works. */
@Injectable()
export class SurroundingsReader {
  private readonly modes: ReadonlyMap<string, Mode>;

  constructor(
    private readonly workspaces: Workspaces,
    private readonly tools: ToolRegistry,
    private readonly prompts: SystemPromptTexts,
    private readonly settings: Settings,
  ) {
    this.modes = modesOf(settings);
  }

  async read(context: Context, facts: ModelFacts): Promise<Surroundings> {
    const { config } = context;
    const workspace = config.workspace_path ? await this.hint(config.workspace_path) : undefined;
    const offered = await this.tools.offered(offerOf(context, this.modes, facts));
    const tools = offered.map(({ name, description, parameters }) => ({ name, description, parameters }));
    const mode = this.modes.get(config.mode ?? '');
    const systemPrompt = await this.systemPrompt(context);
    return { systemPrompt, ...(workspace && { workspace }), tools, ...(mode && { mode }) };
  }

  /** A model is not asked without the instructions that it was to have. */
  private async systemPrompt({ owner, config }: Context): Promise<string | AbortReason> {
    try {
      return await this.prompts.textOf(owner, config);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { code: error.code, message: error.message, retryable: true };
    }
  }

  /** What is hidden is not what the user works on. */
  private async top(workspace: Workspace): Promise<Omit<WorkspaceHint, 'name'>> {
    const max = this.settings.workspaceHintEntries;
    if (max === 0) return { entries: [], isCut: false };
    const { entries, isCut } = await workspace.list('.', max);
    const shown = entries.filter(({ name }) => !name.startsWith('.'));
    return { entries: shown.map(({ name, type }) => (type === 'folder' ? `${name}/` : name)), isCut };
  }

  /** None of a workspace that is gone: a message that needs it fails with it, all others can do without. */
  private async hint(folder: string): Promise<WorkspaceHint | undefined> {
    try {
      const workspace = await this.workspaces.open(folder);
      return { name: basename(workspace.root), ...(await this.top(workspace)) };
    } catch (error) {
      if (error instanceof ToolError) return undefined;
      throw error;
    }
  }
}
