import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { childEnvironment } from '../../../config/child-environment.js';
import type { StdioMcpServer } from '../../../config/mcp-servers.js';
import { tooLarge, tooMany, type Lost, type McpLimits } from '../mcp-limits.js';
import { FloodGate } from './flood-gate.js';
import { LineCutter } from './line-cutter.js';
import { endGroup, hasGroups, signalGroup, watchGroup } from './process-group.js';

export interface StdioPort {
  /** Reads a line; throws when it is no message. */
  readonly parse: (line: string) => JSONRPCMessage;
  /** Told once why the server is of no use any more. */
  readonly lost: Lost;
  /** What the server writes that is no message, line by line. */
  readonly log: (line: string) => void;
}

/**
 * A server that is a child of ours: a message is a line of its stdin or stdout (MCP, Transports, stdio).
 *
 * Invariants: the child leads a group of its own, and whatever of the group is left is killed when the child has
 * ended, when it is killed, and when we exit. No more is held of what it writes than one message, nor of what it
 * does not read than one message more than it may send. `ended` comes, whatever the child does.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <Message extends JSONRPCMessage>(message: Message) => void;
  private child?: ChildProcessWithoutNullStreams;
  private ended: Promise<void> = Promise.resolve();
  private isClosed = false;
  private readonly gate: FloodGate;
  private readonly logGate: FloodGate;

  constructor(
    private readonly server: StdioMcpServer,
    private readonly limits: McpLimits,
    private readonly port: StdioPort,
  ) {
    this.gate = new FloodGate(limits.mcpMessagesPerSecond);
    this.logGate = new FloodGate(limits.mcpMessagesPerSecond);
  }

  /** Starts the program. Throws when there is no such program, or it must not be started. */
  async start(): Promise<void> {
    const { command, args, env, cwd } = this.server;
    const child = spawn(command, args, {
      cwd,
      env: { ...childEnvironment(), ...env },
      stdio: 'pipe',
      detached: hasGroups,
      windowsHide: true,
    });
    this.child = child;
    this.ended = this.follow(child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.child?.stdin;
    if (this.isClosed || !stdin?.writable) return Promise.reject(this.lose('takes no messages any more'));
    if (stdin.writableLength > this.limits.mcpMessageBytes)
      return Promise.reject(this.lose('does not read what it is sent'));
    stdin.write(`${JSON.stringify(message)}\n`);
    return Promise.resolve();
  }

  /** Asks the server to end, then tells it to, then kills it; what was under way fails at once. */
  async close(): Promise<void> {
    this.stopReading();
    this.child?.stdin.end();
    if (await this.endsInTime()) return;
    this.signal('SIGTERM');
    if (await this.endsInTime()) return;
    await this.kill();
  }

  /** Without asking. */
  async kill(): Promise<void> {
    this.stopReading();
    this.signal('SIGKILL');
    // What cannot be killed is the operating system's affair.
    await this.endsInTime();
  }

  private stopReading(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    // Not only unread: whoever floods a pipe that is gone is told so.
    this.child?.stdout.destroy();
    this.child?.stderr.destroy();
    this.onclose?.();
  }

  private signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.child ?? {};
    if (pid !== undefined && exitCode === null && signalCode === null) signalGroup(pid, signal);
  }

  private async endsInTime(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), this.limits.mcpCloseGraceMs);
    });
    try {
      return await Promise.race([this.ended.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Reads the child until it ends. */
  private follow(child: ChildProcessWithoutNullStreams): Promise<void> {
    const { pid } = child;
    const messages = new LineCutter(this.limits.mcpMessageBytes);
    const remarks = new LineCutter(this.limits.mcpLogLineBytes);
    child.stdout.on('data', (bytes: Buffer) => this.read(messages, bytes));
    child.stderr.on('data', (bytes: Buffer) => this.note(remarks, bytes));
    // A broken pipe is told of by the end of the child, or by the next send.
    for (const stream of [child.stdin, child.stdout, child.stderr])
      stream.on('error', (error) => this.onerror?.(error));
    // There was no such program, which the start says.
    if (pid === undefined) return Promise.resolve();
    watchGroup(pid);
    child.stdout.on('end', () => this.loseUnlessEnded());
    child.on('close', (code, signal) => this.lose(endOf(code, signal)));
    return new Promise((resolve) => {
      child.once('exit', () => {
        endGroup(pid);
        // Its last words are read; a grandchild that has left the group does not keep its pipes open for long.
        const timer = setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, this.limits.mcpCloseGraceMs);
        child.once('close', () => clearTimeout(timer));
        resolve();
      });
    });
  }

  private read(lines: LineCutter, bytes: Buffer): void {
    if (this.isClosed) return;
    for (const line of lines.push(bytes)) {
      if (line.leftOut > 0) return void this.lose(tooLarge(this.limits));
      if (!this.gate.lets()) return void this.lose(tooMany);
      this.receive(line.text);
      if (this.isClosed) return;
    }
    if (lines.isTooLong) this.lose(tooLarge(this.limits));
  }

  private receive(line: string): void {
    if (line.trim() === '') return;
    let message: JSONRPCMessage;
    try {
      message = this.port.parse(line);
    } catch {
      // Many a program prints what it does to its stdout.
      this.port.log(line.slice(0, this.limits.mcpLogLineBytes));
      return;
    }
    this.onmessage?.(message);
  }

  private note(lines: LineCutter, bytes: Buffer): void {
    for (const { text, leftOut } of lines.push(bytes))
      if (this.logGate.lets()) this.port.log(leftOut > 0 ? `${text} [… ${leftOut} bytes left out]` : text);
  }

  private loseUnlessEnded(): void {
    const timer = setTimeout(() => this.lose('has closed its output'), this.limits.mcpCloseGraceMs);
    void this.ended.then(() => clearTimeout(timer));
  }

  private lose(reason: string): Error {
    this.port.lost(reason);
    return new Error(reason);
  }
}

const endOf = (code: number | null, signal: NodeJS.Signals | null): string =>
  signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
