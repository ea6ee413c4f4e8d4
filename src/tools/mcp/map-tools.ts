import { shortHash } from '../../kernel/short-hash.js';
import type { Permission, ToolDefinition } from '../tool-source.js';
import { cut, isObject, textOf } from './read-json.js';

export interface ToolFacts {
  readonly server_name: string;
  /** What the names begin with, before `__`. */
  readonly prefix: string;
  readonly timeout_ms: number;
  /** What the operator says; undefined to go by what the server says of each tool. */
  readonly permissions?: readonly Permission[];
  readonly maxTools: number;
  /** Of one definition, as JSON. */
  readonly maxBytes: number;
}

export interface MappedTools {
  readonly tools: readonly ToolDefinition[];
  /** What was listed and is not there: too many, too large, twice, or no tool that can be called. */
  readonly leftOut: number;
}

const everything: readonly Permission[] = ['read', 'write', 'execute', 'network'];

/** The tools of a server as models are to see them. What it lists is anybody's guess. */
export function mapTools(listed: readonly unknown[], facts: ToolFacts): MappedTools {
  const byName = new Map<string, ToolDefinition>();
  for (const raw of listed) {
    if (byName.size >= facts.maxTools) break;
    const tool = mapTool(raw, facts);
    // The first of a name stays: a list that grows does not change what is there.
    if (tool && !byName.has(tool.name)) byName.set(tool.name, tool);
  }
  return { tools: [...byName.values()], leftOut: listed.length - byName.size };
}

function mapTool(raw: unknown, facts: ToolFacts): ToolDefinition | undefined {
  if (!isObject(raw) || !isObject(raw.inputSchema)) return undefined;
  const { name, description, title, inputSchema, execution } = raw;
  if (typeof name !== 'string' || name === '' || inputSchema.type !== 'object') return undefined;
  // It can only be called as a task, which we do not do.
  if (isObject(execution) && execution.taskSupport === 'required') return undefined;
  const hints = isObject(raw.annotations) ? raw.annotations : {};
  const about = textOf(description) ?? textOf(title) ?? textOf(hints.title) ?? '';
  const said = { description: cut(about, maxDescription), parameters: inputSchema };
  if (name.length > maxName || Buffer.byteLength(JSON.stringify(said)) > facts.maxBytes) return undefined;
  const isReadOnly = hints.readOnlyHint === true;
  return {
    name: toolName(facts.prefix, name),
    ...said,
    permissions: facts.permissions ?? (isReadOnly ? ['read'] : everything),
    timeout_ms: facts.timeout_ms,
    is_parallel: isReadOnly,
    on_cancel: 'kill',
    source: 'mcp',
    server_name: facts.server_name,
    original_name: name,
  };
}

/** What `GET /tools` promises of a description. */
const maxDescription = 20_000;
/** A name is sent back with each call. */
const maxName = 1_000;
const longest = 64;

/**
 * `prefix__tool`, made legal. A name that had to be changed ends with a hash of what it was, so that two tools that
 * differ only in what is not legal stay two; it is the same after every restart.
 */
export function toolName(prefix: string, tool: string): string {
  const whole = `${prefix}__${tool}`;
  if (/^[\w-]+$/.test(whole) && whole.length <= longest) return whole;
  const hash = shortHash(tool);
  return `${whole.replace(/[^\w-]/g, '_').slice(0, longest - hash.length - 1)}_${hash}`;
}
