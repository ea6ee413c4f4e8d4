import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import { ModelRegistry } from '../providers/model-registry.js';
import { Workspaces } from '../tools/workspace/workspaces.js';
import type { ConfigPatch } from './context-config.js';

/** Whether what a config names can be had on this server. */
@Injectable()
export class ConfigCheck {
  constructor(
    private readonly models: ModelRegistry,
    private readonly workspaces: Workspaces,
  ) {}

  /** Throws `unknown_model`, `workspace_not_allowed`. */
  async require({ model, workspace_path }: ConfigPatch): Promise<void> {
    if (model) this.models.resolve(model);
    if (workspace_path && !(await this.workspaces.isAllowed(workspace_path)))
      throw new DomainError(
        'workspace_not_allowed',
        'The workspace must be an existing folder, by its absolute path, in one that the operator allows.',
      );
  }
}
