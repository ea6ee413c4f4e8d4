import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { McpServerSettings } from '../../../config/mcp-servers.js';
import { version } from '../../../config/version.js';
import type { Lost, McpLimits } from '../mcp-limits.js';
import { boundedFetch } from '../transport/bounded-fetch.js';
import { StdioTransport } from '../transport/stdio-transport.js';

export type McpAnswer = Readonly<Record<string, unknown>>;

export interface ConnectionPort {
  /** Told once why the connection ended, unless it was closed. */
  readonly lost: Lost;
  readonly toolsChanged: () => void;
  readonly log: (line: string) => void;
}

/** The server refused, in words of its own. */
export class McpRefusal extends Error {
  constructor(
    /** The JSON-RPC error code. */
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The connection is over; completes the sentence "the server …". */
export class McpLost extends Error {
  /** The server does not know this session any more, so that it cannot have done what it was asked. */
  readonly isForgotten: boolean;

  constructor(reason: string, { isForgotten = false } = {}) {
    super(reason);
    this.isForgotten = isForgotten;
  }
}

/** Our own limits are the ones that hold, and this one of the SDK is never reached. */
const never = 2_147_483_647;

/** One connection to a server, from its start to its end. It is never used again. */
export class McpConnection {
  private client?: Client;
  private transport?: Transport & { kill?(): Promise<void>; terminateSession?(): Promise<void> };
  private over?: McpLost;
  private closing?: Promise<void>;

  constructor(
    private readonly server: McpServerSettings,
    private readonly limits: McpLimits,
    private readonly port: ConnectionPort,
  ) {}

  /** Starts the server or reaches it, and introduces us. Throws McpLost or McpRefusal; then nothing of it is left. */
  async open(abort: AbortSignal): Promise<void> {
    // Loaded now: a deployment without MCP servers never pays for it.
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
    const { ToolListChangedNotificationSchema } = await import('@modelcontextprotocol/sdk/types.js');
    const client = new Client({ name: 'pullcord', version }, { capabilities: {} });
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => this.port.toolsChanged());
    client.onclose = () => void this.lose('ended the connection');
    client.onerror = ({ message }) => this.hear(message);
    this.client = client;
    try {
      this.transport = await this.makeTransport();
      await client.connect(this.transport, { signal: abort, timeout: never });
    } catch (error) {
      const fault = this.faultOf(error, abort);
      this.over ??= new McpLost('could not be started');
      void this.kill();
      throw fault;
    }
  }

  has(capability: 'tools' | 'resources' | 'prompts'): boolean {
    return this.client?.getServerCapabilities()?.[capability] !== undefined;
  }

  /** One request. When `abort` says so it is cancelled, and throws its reason at once; else McpLost or McpRefusal. */
  async request(method: string, params: Record<string, unknown>, abort: AbortSignal): Promise<McpAnswer> {
    abort.throwIfAborted();
    if (this.over || !this.client) throw this.over ?? new McpLost('is not connected');
    const { ResultSchema } = await import('@modelcontextprotocol/sdk/types.js');
    // One of its own for each request: the SDK never takes its listener off again.
    const own = new AbortController();
    const follow = (): void => own.abort(abort.reason);
    abort.addEventListener('abort', follow, { once: true });
    if (abort.aborted) follow();
    try {
      return await this.client.request({ method, params }, ResultSchema, {
        signal: own.signal,
        timeout: never,
      });
    } catch (error) {
      throw this.faultOf(error, abort);
    } finally {
      abort.removeEventListener('abort', follow);
    }
  }

  /** Ends it as one does with a friend. */
  close(): Promise<void> {
    this.over ??= new McpLost('was closed');
    this.closing ??= this.end(async () => {
      await this.farewell();
      await this.client?.close();
    });
    return this.closing;
  }

  /** Ends it at once. */
  kill(): Promise<void> {
    this.closing ??= this.end(async () => {
      await this.transport?.kill?.();
      await this.client?.close();
    });
    return this.closing;
  }

  private async end(close: () => Promise<void>): Promise<void> {
    try {
      await close();
    } catch (error) {
      this.port.log(`it could not be closed: ${String(error)}`);
    }
  }

  /** Lets a server forget the session, if it is quick about it. */
  private async farewell(): Promise<void> {
    if (!this.transport?.terminateSession || !this.transport.sessionId) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.limits.mcpCloseGraceMs)));
    const told = this.transport.terminateSession().catch((error: unknown) => this.port.log(String(error)));
    await Promise.race([told, late]);
    clearTimeout(timer);
  }

  private async makeTransport(): Promise<Transport> {
    const lost = (reason: string): void => void this.lose(reason);
    if (this.server.transport === 'stdio') {
      const { deserializeMessage } = await import('@modelcontextprotocol/sdk/shared/stdio.js');
      const { log } = this.port;
      return new StdioTransport(this.server, this.limits, { parse: deserializeMessage, lost, log });
    }
    const { StreamableHTTPClientTransport } =
      await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
    return new StreamableHTTPClientTransport(new URL(this.server.url), {
      requestInit: { headers: this.server.headers },
      fetch: boundedFetch(this.limits, lost),
      reconnectionOptions: {
        initialReconnectionDelay: this.limits.mcpRetryBaseMs,
        maxReconnectionDelay: this.limits.mcpRetryMaxMs,
        reconnectionDelayGrowFactor: 2,
        maxRetries: 3,
      },
    });
  }

  private lose(reason: string, facts?: { isForgotten: boolean }): McpLost {
    if (this.over) return this.over;
    this.over = new McpLost(reason, facts);
    void this.kill();
    this.port.lost(reason);
    return this.over;
  }

  private hear(message: string): void {
    this.port.log(message.slice(0, this.limits.mcpLogLineBytes));
    // The standing stream of an HTTP server cannot be had again (client/streamableHttp.js of the SDK).
    if (message.startsWith('Maximum reconnection attempts')) this.lose('cannot be reached any more');
  }

  private faultOf(error: unknown, abort: AbortSignal): Error {
    if (abort.aborted) return abort.reason as Error;
    if (this.over) return this.over;
    const { code, name } = error as { readonly code?: unknown; readonly name?: string };
    if (typeof code === 'number' && name === 'McpError') return refusalOf(code, error as Error);
    if (typeof code === 'number' && this.server.transport === 'http') return this.loseByStatus(code);
    if (typeof code === 'string') return this.lose(`could not be started (${code})`);
    const cause = (error as { readonly cause?: { readonly code?: unknown } }).cause?.code;
    if (typeof cause === 'string') return this.lose(`could not be reached (${cause})`);
    return this.lose('did not answer as MCP asks for');
  }

  /** 404 is how a server says that a session is over (MCP, Session Management); some say 400. */
  private loseByStatus(status: number): Error {
    const isForgotten = (status === 404 || status === 400) && this.transport?.sessionId !== undefined;
    if (status <= 0) return this.lose('did not answer as MCP asks for');
    return this.lose(`answered with HTTP status ${status}`, { isForgotten });
  }
}

/** Without the words that the SDK puts in front. */
const refusalOf = (code: number, { message }: Error): McpRefusal =>
  new McpRefusal(code, message.replace(/^MCP error -?\d+: /, '').slice(0, 1000));
