import { patchConfig, type ContextConfig } from './context-config.js';
import type { Context } from './context-row.js';

/** What a branch may have otherwise than its context. Stored and sent as it is. */
export type BranchConfig = Pick<
  ContextConfig,
  'system_prompt' | 'system_prompt_id' | 'system_prompt_version' | 'system_prompt_variables' | 'mode'
>;

/** A field that is null is removed, a field that is absent stays. */
export type BranchConfigPatch = { readonly [Field in keyof BranchConfig]?: BranchConfig[Field] | null };

export const readBranchConfig = (row: { readonly config: string }): BranchConfig =>
  JSON.parse(row.config) as BranchConfig;

/** A config as it is stored, with what a patch changes of it. Pure. */
export const patchedConfig = (stored: { readonly config: string }, patch: BranchConfigPatch = {}): string =>
  JSON.stringify(patchConfig(readBranchConfig(stored), patch));

/**
 * How a context is answered on one of its branches. A system prompt of the branch's own, text or stored, stands in for
 * whichever of the two the context has. Pure.
 */
export function onBranch(config: ContextConfig, branch: BranchConfig): ContextConfig {
  const hasOwnPrompt = branch.system_prompt !== undefined || branch.system_prompt_id !== undefined;
  return { ...(hasOwnPrompt ? withoutPrompt(config) : config), ...branch };
}

function withoutPrompt({
  system_prompt: _text,
  system_prompt_id: _id,
  system_prompt_version: _version,
  system_prompt_variables: _variables,
  ...rest
}: ContextConfig): ContextConfig {
  return rest;
}

/** A context as it is answered on a branch. It is not to be written: what the context itself says would be lost. Pure. */
export const contextOnBranch = (context: Context, row: { readonly config: string } | undefined): Context =>
  row === undefined || row.config === '{}'
    ? context
    : { ...context, config: onBranch(context.config, readBranchConfig(row)) };
