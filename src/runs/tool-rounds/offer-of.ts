import type { Mode } from '../../config/mode-table.js';
import type { ModelFacts } from '../../config/model-table.js';
import type { Context } from '../../contexts/context-row.js';
import type { Offer } from '../../tools/tool-registry.js';
import type { ToolScope } from '../../tools/tool-source.js';

/** What the model of a context may be offered, and may call, in the mode that it works in. One that calls none has none. */
export function offerOf(
  { config }: Pick<Context, 'config'>,
  modes: ReadonlyMap<string, Mode>,
  model?: Pick<ModelFacts, 'tools'>,
): Offer {
  const mode = modes.get(config.mode ?? '') ?? {};
  const isPlanner = [config.agent_role, mode.agent_role].includes('planner');
  return {
    role: isPlanner ? 'planner' : 'actor',
    hasWorkspace: config.workspace_path !== undefined,
    ...(mode.tools && { names: mode.tools }),
    ...(model?.tools === false && { names: [] }),
    ...(mode.permissions && { permissions: mode.permissions }),
  };
}

/** Where the calls of a context are made. */
export const scopeOf = ({ id, config }: Context): ToolScope => ({
  context_id: id,
  ...(config.workspace_path !== undefined && { workspace: config.workspace_path }),
});
