import { Injectable } from '@nestjs/common';
import { modesOf } from '../config/mode-table.js';
import { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';
import { ModelRegistry } from '../providers/model-registry.js';
import { Workspaces } from '../tools/workspace/workspaces.js';
import type { ConfigPatch } from './context-config.js';

/** Whether what a config names can be had on this server. */
@Injectable()
export class ConfigCheck {
  private readonly modes: readonly string[];

  constructor(
    private readonly models: ModelRegistry,
    private readonly workspaces: Workspaces,
    settings: Settings,
  ) {
    this.modes = [...modesOf(settings).keys()];
  }

  /** Throws `unknown_model`, `unknown_mode`, `workspace_not_allowed`. What the patch does not name is not looked at. */
  async require({ model, mode, workspace_path, compression }: ConfigPatch): Promise<void> {
    if (model) this.models.resolve(model);
    if (mode && !this.modes.includes(mode)) throw unknownMode(this.modes);
    if (compression?.model) this.models.resolve(compression.model);
    if (workspace_path && !(await this.workspaces.isAllowed(workspace_path)))
      throw new DomainError(
        'workspace_not_allowed',
        'The workspace must be an existing folder, by its absolute path, in one that the operator allows.',
      );
  }
}

const unknownMode = (modes: readonly string[]): DomainError =>
  new DomainError('unknown_mode', `There is no such mode, only ${modes.join(', ')}.`, { modes });
