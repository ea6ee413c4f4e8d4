import type { CompressionStrategy } from '../config/compression.js';
import type { ContextToolPolicy } from './approval-policy.js';
import type { ModelParameters } from '../providers/language-model.js';

/** How a context is to be answered; every field is optional. Stored and sent as it is. */
export interface ContextConfig {
  readonly model?: string;
  readonly mode?: string;
  readonly agent_role?: string;
  readonly system_prompt?: string;
  readonly system_prompt_id?: string;
  /** Pins a version; without it, the newest counts. */
  readonly system_prompt_version?: number;
  readonly system_prompt_variables?: Readonly<Record<string, string>>;
  readonly workspace_path?: string;
  readonly tool_policy?: ContextToolPolicy;
  readonly parameters?: ModelParameters;
  /** After so many milliseconds without a change it is deleted, if the deployment's time to live is not over before. */
  readonly ttl_ms?: number;
  readonly compression?: CompressionConfig;
}

/** What becomes of the conversation when it grows too long; what is absent is as the deployment has it. */
export interface CompressionConfig {
  readonly strategy?: CompressionStrategy;
  /** The share of the model's window that a request may take before older turns give way. */
  readonly threshold?: number;
  /** The newest turns that are sent as they are for as long as they fit at all. */
  readonly keep_turns?: number;
  /** Writes the summaries. */
  readonly model?: string;
}

/**
 * A patch of a config: a field that is null is removed, a field that is absent stays. It goes one level deep, not all
 * the way as RFC 7396 does: `parameters`, `tool_policy` and `compression` are set as a whole.
 */
export type ConfigPatch = { readonly [Field in keyof ContextConfig]?: ContextConfig[Field] | null };

export function patchConfig(config: ContextConfig, patch: ConfigPatch): ContextConfig {
  const merged = { ...config, ...patch };
  return Object.fromEntries(
    Object.entries(merged).filter(([, value]) => value !== null && value !== undefined),
  );
}
