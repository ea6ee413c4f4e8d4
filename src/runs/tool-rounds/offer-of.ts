import type { Context } from '../../contexts/context-row.js';
import type { Offer } from '../../tools/tool-registry.js';
import type { ToolScope } from '../../tools/tool-source.js';

/** What the model of a context may be offered, and may call. */
export const offerOf = ({ config }: Context): Offer => ({
  role: config.agent_role === 'planner' ? 'planner' : 'actor',
  hasWorkspace: config.workspace_path !== undefined,
});

/** Where the calls of a context are made. */
export const scopeOf = ({ id, config }: Context): ToolScope => ({
  context_id: id,
  ...(config.workspace_path !== undefined && { workspace: config.workspace_path }),
});
