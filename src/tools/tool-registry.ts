import { Logger } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import { ArgumentCheck } from './argument-check.js';
import { boundedResult } from './bounded-result.js';
import { CallStop, stopped, type StopCause } from './call-stop.js';
import { matchesName } from './matches-name.js';
import type { CheckedCall, ToolFailure, ToolFault, ToolOutcome } from './tool-outcome.js';
import {
  ToolError,
  type Permission,
  type ToolDefinition,
  type ToolOutput,
  type ToolScope,
  type ToolSource,
} from './tool-source.js';

/** A planner may only read; an actor may do whatever is allowed. */
export type AgentRole = 'planner' | 'actor';

export interface Offer {
  readonly role: AgentRole;
  readonly hasWorkspace: boolean;
  /** Patterns that the names must fit; without any, all names will do. */
  readonly names?: readonly string[];
  /** The most that a tool may do; without it, anything. */
  readonly permissions?: readonly Permission[];
}

type Settled = Omit<ToolOutcome, 'duration_ms'>;
export type ToolLimits = Pick<
  Settings,
  'toolTimeouts' | 'toolGraceMs' | 'toolArgumentsBytes' | 'toolResultBytes'
>;

/** The tools of this deployment, whoever has them. Every call that it makes keeps the limits that are set. */
export class ToolRegistry {
  private readonly logger = new Logger('tools');
  private readonly argumentCheck: ArgumentCheck;

  /** Of two tools of one name, that of the earlier source is the one that there is. */
  constructor(
    private readonly limits: ToolLimits,
    private readonly sources: readonly ToolSource[],
  ) {
    this.argumentCheck = new ArgumentCheck(limits.toolArgumentsBytes);
  }

  /** Every tool that can be called now, in the order of the sources. */
  async list(): Promise<readonly ToolDefinition[]> {
    const lists = await Promise.all(this.sources.map((source) => this.listOf(source)));
    const byName = new Map<string, ToolDefinition>();
    for (const tool of lists.flat()) if (!byName.has(tool.name)) byName.set(tool.name, tool);
    return [...byName.values()];
  }

  /** What a model is offered: a planner what only reads, and nobody what needs a workspace where there is none. */
  async offered(offer: Offer): Promise<readonly ToolDefinition[]> {
    const tools = await this.list();
    return tools.filter((tool) => isOffered(tool, offer));
  }

  async find(name: string): Promise<ToolDefinition | undefined> {
    return (await this.list()).find((tool) => tool.name === name);
  }

  /**
   * Reads what a model wrote: a call that can be made, or why it cannot, for the model to read (`tool_not_found`,
   * `no_workspace`, `invalid_arguments`). With an offer, what was not offered is not there; only of a tool that lacks
   * nothing but a workspace is it said so, since somebody can do something about that.
   */
  async check(name: string, rawArguments: string, offer?: Offer): Promise<CheckedCall | ToolFailure> {
    const all = await this.list();
    const tool = all.find((one) => one.name === name);
    if (!tool || (offer && !isOffered(tool, offer))) {
      const lacksFolder = tool && offer && isOffered(tool, { ...offer, hasWorkspace: true });
      return { error: lacksFolder ? lackingWorkspace(name) : notFound(name, all, offer) };
    }
    const read = await this.argumentCheck.read(rawArguments, tool.parameters);
    return 'error' in read ? read : { tool, args: read.args };
  }

  /**
   * Makes the call, and never throws. `abort` is the cancel of the turn: it kills a tool that declares so and begins
   * no call, but lets the others finish, which they do or are stopped at their time limit.
   */
  async execute(call: CheckedCall, scope: ToolScope, abort: AbortSignal): Promise<ToolOutcome> {
    const began = performance.now();
    const settled = await this.settle(call, scope, abort);
    return { ...settled, duration_ms: Math.round(performance.now() - began) };
  }

  private async settle({ tool, args }: CheckedCall, scope: ToolScope, abort: AbortSignal): Promise<Settled> {
    const stop = new CallStop({ timeoutMs: tool.timeout_ms, graceMs: this.limits.toolGraceMs });
    try {
      if (abort.aborted) return stoppedOutcome('cancelled', null, stopped('cancelled', 0));
      const source = this.sources.find(({ name }) => name === tool.source);
      if (!source) throw new ToolError('tool_not_found', `There is no tool named ${tool.name} any more.`);
      const cancel = tool.on_cancel === 'kill' ? abort : undefined;
      const output = await stop.run((signal) => source.call(tool, args, scope, signal), cancel);
      return toSettled(output, boundedResult(output.result, this.limits.toolResultBytes), stop.cause, tool);
    } catch (error) {
      const fault = this.toFault(error, tool);
      return stop.cause
        ? stoppedOutcome(stop.cause, null, withDetails(stopped(stop.cause, tool.timeout_ms), fault.details))
        : { execution_status: 'failed', result: null, error: fault };
    }
  }

  /** A source that cannot list does not take the others with it. */
  private async listOf(source: ToolSource): Promise<readonly ToolDefinition[]> {
    try {
      return (await source.list()).map((tool) => this.withTimeout(tool));
    } catch (error) {
      this.logger.error({ msg: 'tools could not be listed', source: source.name, err: error });
      return [];
    }
  }

  private withTimeout(tool: ToolDefinition): ToolDefinition {
    const set = this.limits.toolTimeouts.find((timeout) => timeout.tool === tool.name);
    return set ? { ...tool, timeout_ms: set.timeout_ms } : tool;
  }

  /** What went wrong in a way that nobody foresaw is for the log, and not for the model. */
  private toFault(error: unknown, tool: ToolDefinition): ToolFault {
    if (error instanceof ToolError) return faultOf(error);
    this.logger.error({ msg: 'a tool failed', tool: tool.name, err: error });
    return { code: 'tool_failed', message: 'The tool failed for a reason of its own.' };
  }
}

const forPlanners: readonly Permission[] = ['read'];

function isOffered(tool: ToolDefinition, { role, hasWorkspace, names, permissions }: Offer): boolean {
  const allowed = [...(role === 'planner' ? [forPlanners] : []), ...(permissions ? [permissions] : [])];
  return (
    (hasWorkspace || !tool.needs_workspace) &&
    allowed.every((most) => tool.permissions.every((permission) => most.includes(permission))) &&
    (names === undefined || names.some((pattern) => matchesName(pattern, tool.name)))
  );
}

function toSettled(
  { is_error }: ToolOutput,
  result: unknown,
  cause: StopCause | undefined,
  { timeout_ms }: ToolDefinition,
): Settled {
  if (cause) return stoppedOutcome(cause, result, stopped(cause, timeout_ms));
  if (!is_error) return { execution_status: 'success', result };
  const error = { code: 'tool_failed', message: 'The tool says that it failed; its result says why.' };
  return { execution_status: 'failed', result, error };
}

const stoppedOutcome = (cause: StopCause, result: unknown, error: ToolFault): Settled => ({
  execution_status: cause,
  result,
  error: faultOf(error),
});

const faultOf = ({ code, message, details }: ToolFault): ToolFault => withDetails({ code, message }, details);

const withDetails = ({ code, message }: ToolFault, details: unknown): ToolFault => ({
  code,
  message,
  ...(details !== undefined && { details }),
});

const lackingWorkspace = (name: string): ToolFault => ({
  code: 'no_workspace',
  message: `${name} works in a folder, and this conversation has none: its config.workspace_path names no workspace.`,
});

function notFound(name: string, all: readonly ToolDefinition[], offer?: Offer): ToolFault {
  const tools = offer ? all.filter((tool) => isOffered(tool, offer)) : all;
  const known = tools.map((tool) => tool.name).join(', ');
  const message = known === '' ? 'There are no tools here.' : `There is only ${known}.`;
  return { code: 'tool_not_found', message: `There is no tool named ${name.slice(0, 64)}. ${message}` };
}
