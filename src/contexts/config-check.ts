import { Injectable } from '@nestjs/common';
import { modesOf } from '../config/mode-table.js';
import { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Owner } from '../kernel/ids.js';
import { ModelRegistry } from '../providers/model-registry.js';
import { Workspaces } from '../tools/workspace/workspaces.js';
import { patchConfig, type ConfigPatch, type ContextConfig } from './context-config.js';
import { SystemPromptTexts } from './system-prompts/system-prompt-texts.js';

/** Whether what a config names can be had on this server. */
@Injectable()
export class ConfigCheck {
  private readonly modes: readonly string[];

  constructor(
    private readonly models: ModelRegistry,
    private readonly workspaces: Workspaces,
    private readonly prompts: SystemPromptTexts,
    settings: Settings,
  ) {
    this.modes = [...modesOf(settings).keys()];
  }

  /**
   * What a patch of `current` would make of it. Throws `unknown_model`, `unknown_mode`, `workspace_not_allowed`,
   * `unknown_system_prompt`, `wrong_variables`. What the patch does not name is not looked at.
   */
  async require(owner: Owner, patch: ConfigPatch, current: ContextConfig = {}): Promise<void> {
    const { model, mode, workspace_path, compression } = patch;
    if (model) this.models.resolve(model);
    if (mode && !this.modes.includes(mode)) throw unknownMode(this.modes);
    if (compression?.model) this.models.resolve(compression.model);
    if (workspace_path && !(await this.workspaces.isAllowed(workspace_path)))
      throw new DomainError(
        'workspace_not_allowed',
        'The workspace must be an existing folder, by its absolute path, in one that the operator allows.',
      );
    if (namesPrompt(patch)) {
      const isNewlyNamed =
        patch.system_prompt_id !== undefined && patch.system_prompt_id !== current.system_prompt_id;
      await this.prompts.require(owner, patchConfig(current, patch), isNewlyNamed);
    }
  }
}

/** Whether a patch says anything of a stored system prompt, so that the rest of the config must be known too. */
export const namesPrompt = ({
  system_prompt_id,
  system_prompt_version,
  system_prompt_variables,
}: ConfigPatch): boolean =>
  [system_prompt_id, system_prompt_version, system_prompt_variables].some((field) => field !== undefined);

const unknownMode = (modes: readonly string[]): DomainError =>
  new DomainError('unknown_mode', `There is no such mode, only ${modes.join(', ')}.`, { modes });
