import { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { mcpPrefix, type McpServerSettings } from '../../../config/mcp-servers.js';
import { CallSlots } from '../../../kernel/call-slots.js';
import { ToolError } from '../../tool-source.js';
import { listPages, type Listed } from './list-pages.js';
import { mapTools, type MappedTools } from '../map-tools.js';
import { McpConnection, McpLost, McpRefusal, type McpAnswer } from './mcp-connection.js';
import type { McpLimits } from '../mcp-limits.js';
import { McpRetries } from './mcp-retries.js';
import { secretsIn } from './secrets.js';
import { deadline, untilAbort } from './until-abort.js';

export const mcpStatuses = ['idle', 'starting', 'ready', 'backing_off', 'failed', 'disabled'] as const;
export type McpStatus = (typeof mcpStatuses)[number];

export interface McpServerState {
  readonly name: string;
  readonly transport: 'stdio' | 'http';
  readonly status: McpStatus;
  readonly tools: MappedTools;
  /** Why it failed last, if it ever did. */
  readonly last_error?: string;
}

export interface McpRequest {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly timeoutMs: number;
}

/** A connection that works, and since when. */
interface Ready {
  readonly connection: McpConnection;
  readonly since: number;
}

const busy = (): ToolError =>
  new ToolError('mcp_busy', 'Too many calls are waiting for this MCP server already.');

const noTools: MappedTools = { tools: [], leftOut: 0 };

/**
 * One server, which is started when it is needed first, and again when it is needed after it failed.
 *
 * Invariants: at most one start is under way and at most one connection is used; a start does not depend on whoever
 * asked for it first; what a server does, or fails to do, holds nobody up for longer than their own limit; after
 * `close` nothing of it is left, nor is it started again.
 */
export class McpServer {
  private readonly logger = new Logger('mcp');
  private readonly hide: (text: string) => string;
  private readonly slots: CallSlots;
  private readonly retries: McpRetries;
  private readonly closing = new AbortController();
  /** Every connection of which something may be left. */
  private readonly alive = new Set<McpConnection>();
  private ready?: Ready;
  private starting?: Promise<Ready>;
  private tools: MappedTools = noTools;
  private refreshing?: Promise<void>;
  private isStale = false;
  private lastError?: string;

  constructor(
    readonly name: string,
    private readonly server: McpServerSettings,
    private readonly limits: McpLimits,
  ) {
    this.hide = secretsIn(server);
    this.slots = new CallSlots(limits.mcpConcurrentCalls, limits.mcpWaitingCalls, busy);
    this.retries = new McpRetries({ baseMs: limits.mcpRetryBaseMs, maxMs: limits.mcpRetryMaxMs });
  }

  /** How long one request may take, unless it says so itself. */
  get timeoutMs(): number {
    return this.server.timeout_ms ?? this.limits.toolTimeoutMs;
  }

  get state(): McpServerState {
    return {
      name: this.name,
      transport: this.server.transport,
      status: this.status(),
      tools: this.retries.isGivenUp && !this.ready ? noTools : this.tools,
      last_error: this.lastError,
    };
  }

  /**
   * Its tools, and starts it when it is not. A server that is only beginning is waited for, but not for long; of one
   * that has failed, those that it had, until it is given up.
   */
  async list(): Promise<MappedTools> {
    if (this.server.is_disabled || this.closing.signal.aborted) return noTools;
    const news = this.ready ? this.refreshed() : this.begun();
    if (news && (this.ready || !this.retries.hasFailed)) {
      const wait = deadline(this.closing.signal, this.limits.mcpListWaitMs, () => new Error('no longer'));
      await untilAbort(news, wait.signal).catch(() => undefined);
      wait.end();
    }
    return this.state.tools;
  }

  /**
   * One request, its turn and the start of the server included. Throws ToolError (`mcp_unavailable`, `mcp_busy`,
   * `mcp_refused`, `timeout`); what `abort` says, at once.
   */
  async request({ method, params, timeoutMs }: McpRequest, abort: AbortSignal): Promise<McpAnswer> {
    return this.within(timeoutMs, abort, (connection, signal) => connection.request(method, params, signal));
  }

  /** All pages of a list, or as many as are wanted; nothing when the server has no such thing. */
  async listAll(
    capability: 'resources' | 'prompts',
    { method, key }: { readonly method: string; readonly key: string },
    abort: AbortSignal,
  ): Promise<Listed> {
    return this.within(this.timeoutMs, abort, async (connection, signal) =>
      connection.has(capability)
        ? listPages((params) => connection.request(method, params, signal), key, this.limits.mcpMaxListed)
        : { items: [], isCut: false },
    );
  }

  /** Ends it for good, and waits until nothing is left of it. */
  async close(): Promise<void> {
    this.closing.abort(new McpLost('is shutting down with us'));
    await Promise.all([...this.alive].map((connection) => connection.close()));
  }

  private status(): McpStatus {
    if (this.server.is_disabled) return 'disabled';
    if (this.ready) return 'ready';
    if (this.starting) return 'starting';
    if (!this.retries.hasFailed) return 'idle';
    return this.retries.isGivenUp ? 'failed' : 'backing_off';
  }

  private async within<Answer>(
    timeoutMs: number,
    abort: AbortSignal,
    ask: (connection: McpConnection, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const limit = deadline(abort, timeoutMs, () => this.tooLate(timeoutMs));
    let free: (() => void) | undefined;
    try {
      free = await this.slots.take(limit.signal);
      return await this.asked((connection) => ask(connection, limit.signal), limit.signal);
    } catch (error) {
      throw limit.signal.aborted ? (limit.signal.reason as Error) : this.toolErrorOf(error);
    } finally {
      free?.();
      limit.end();
    }
  }

  /** Asked once more when the server has forgotten us: it cannot have done anything. */
  private async asked<Answer>(
    ask: (connection: McpConnection) => Promise<Answer>,
    abort: AbortSignal,
  ): Promise<Answer> {
    const { connection } = await this.connected(abort);
    try {
      return await ask(connection);
    } catch (error) {
      if (!(error instanceof McpLost && error.isForgotten)) throw error;
      return ask((await this.connected(abort)).connection);
    }
  }

  private async connected(abort: AbortSignal): Promise<Ready> {
    if (this.server.is_disabled) throw new McpLost('is disabled');
    for (;;) {
      this.closing.signal.throwIfAborted();
      if (this.ready) return this.ready;
      const wait = this.starting ? 0 : this.retries.wait(performance.now());
      if (wait === 0) return untilAbort(this.start(), abort);
      if (this.retries.isGivenUp) throw new McpLost(this.lastError ?? 'failed');
      await delay(Math.ceil(wait), undefined, { signal: abort });
    }
  }

  /** Starts it in the background if it may be. Undefined while it has to wait. */
  private begun(): Promise<unknown> | undefined {
    if (!this.starting && this.retries.wait(performance.now()) > 0) return undefined;
    // Whoever needs it is told why; whoever only looks is not.
    return this.start().catch(() => undefined);
  }

  private start(): Promise<Ready> {
    this.starting ??= this.tryOnce().finally(() => (this.starting = undefined));
    return this.starting;
  }

  private async tryOnce(): Promise<Ready> {
    const began = performance.now();
    const connection: McpConnection = new McpConnection(this.server, this.limits, {
      lost: (reason) => this.lose(connection, reason),
      toolsChanged: () => (this.isStale = true),
      log: (line) =>
        this.logger.debug({ msg: 'an MCP server says', server: this.name, line: this.hide(line) }),
    });
    this.alive.add(connection);
    const ms = this.limits.mcpStartTimeoutMs;
    const limit = deadline(this.closing.signal, ms, () => new McpLost(`did not start within ${ms} ms`));
    try {
      this.isStale = false;
      await connection.open(limit.signal);
      this.tools = await this.fetchTools(connection, limit.signal);
      this.ready = { connection, since: performance.now() };
      this.logger.log({ msg: 'MCP server ready', server: this.name, tools: this.tools.tools.length });
      return this.ready;
    } catch (error) {
      this.fail(error, began);
      this.bury(connection);
      throw error;
    } finally {
      limit.end();
    }
  }

  private async fetchTools(connection: McpConnection, abort: AbortSignal): Promise<MappedTools> {
    if (!connection.has('tools')) return noTools;
    const { mcpMaxTools, mcpToolBytes } = this.limits;
    const page = (params: Record<string, unknown>) => connection.request('tools/list', params, abort);
    const { items, isCut } = await listPages(page, 'tools', mcpMaxTools);
    const mapped = mapTools(items, {
      server_name: this.name,
      prefix: mcpPrefix(this.name),
      timeout_ms: this.timeoutMs,
      permissions: this.server.permissions,
      maxTools: mcpMaxTools,
      maxBytes: mcpToolBytes,
    });
    const leftOut = mapped.leftOut + (isCut ? 1 : 0);
    if (leftOut > 0)
      this.logger.warn({ msg: 'tools of an MCP server were left out', server: this.name, at_least: leftOut });
    return { ...mapped, leftOut };
  }

  /** Lists the tools again when the server has said that they changed. One that cannot keeps those it had. */
  private refreshed(): Promise<void> | undefined {
    if (this.isStale) this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async refresh(): Promise<void> {
    const { connection } = this.ready ?? {};
    if (!connection) return;
    const limit = deadline(this.closing.signal, this.timeoutMs, () => this.tooLate(this.timeoutMs));
    try {
      // Before it is asked, for it may say so again meanwhile.
      this.isStale = false;
      this.tools = await this.fetchTools(connection, limit.signal);
    } catch (error) {
      this.logger.warn({
        msg: 'the tools of an MCP server could not be listed again',
        server: this.name,
        reason: this.sentence(error),
      });
    } finally {
      limit.end();
    }
  }

  /** The connection that is used broke; one that was only being opened says so to whoever opens it. */
  private lose(connection: McpConnection, reason: string): void {
    if (this.ready?.connection !== connection) return;
    const { since } = this.ready;
    this.ready = undefined;
    this.fail(new McpLost(reason), since);
    this.bury(connection);
  }

  private fail(error: unknown, since: number): void {
    if (this.closing.signal.aborted) return;
    const now = performance.now();
    this.retries.fail(now, now - since);
    this.lastError = this.sentence(error);
    this.logger.warn({ msg: 'MCP server failed', server: this.name, reason: this.lastError });
  }

  private bury(connection: McpConnection): void {
    void connection.kill().then(() => this.alive.delete(connection));
  }

  private tooLate(ms: number): ToolError {
    return new ToolError('timeout', `The MCP server ${this.name} did not answer within ${ms} ms.`);
  }

  private toolErrorOf(error: unknown): Error {
    if (error instanceof ToolError) return error;
    if (error instanceof McpRefusal)
      return new ToolError('mcp_refused', this.sentence(error), { code: error.code });
    const reason = error instanceof McpLost ? this.sentence(error) : 'failed';
    return new ToolError('mcp_unavailable', `The MCP server ${this.name} is not available: it ${reason}.`);
  }

  /** What went wrong, without what the server was told in confidence. */
  private sentence(error: unknown): string {
    return this.hide(error instanceof Error ? error.message : 'failed').slice(0, 1000);
  }
}
