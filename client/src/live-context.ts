import { newKey } from './calls/new-key.js';
import type { Patience } from './calls/patience.js';
import type { Activities } from './activity.js';
import type { Client } from './calls/api-client.js';
import {
  appendMessage,
  approveTools,
  cancelRun,
  continueTurn,
  editMessage,
  retryAnswer,
  sendMessage,
  switchBranch,
} from './generated/sdk.gen.js';
import type {
  AppendMessage,
  ApproveTools,
  CancelAccepted,
  MessageAccepted,
  RetryAccepted,
  RunAccepted,
  RunStarted,
  SendMessage,
} from './generated/types.gen.js';
import { problemOf } from './problem.js';
import type { Attention } from './sync/attention.js';
import type { ContextSync } from './sync/context-sync.js';
import type { ContextView, Live, LiveContext } from './views.js';

export interface CommandParts {
  readonly client: Client;
  readonly patience: Patience;
  readonly activities: Activities;
}

/** What every command is sent with; the key is the same however often it is. */
interface Common {
  readonly client: Client;
  readonly path: { readonly context_id: string };
  readonly headers: { readonly 'Idempotency-Key': string };
}

type Command<Accepted> = (common: Common) => Promise<{ readonly data: Accepted }>;

export class FollowedContext implements LiveContext {
  readonly getView: Live<ContextView>['getView'];
  readonly subscribe: Live<ContextView>['subscribe'];
  /** Messages are sent one after another: they are to arrive in the order in which they were written. */
  private sending: Promise<unknown> = Promise.resolve();

  constructor(
    readonly id: string,
    private readonly sync: ContextSync,
    private readonly attention: Attention,
    private readonly parts: CommandParts,
  ) {
    ({ getView: this.getView, subscribe: this.subscribe } = attention.live(sync.view));
  }

  send(message: string | SendMessage): Promise<RunAccepted> {
    const key = newKey();
    return this.deliver(
      key,
      this.sync.outbox.add(key, typeof message === 'string' ? { content: message } : message),
    );
  }

  async resend(key: string): Promise<RunAccepted> {
    const body = this.sync.outbox.again(key);
    if (!body) throw new RangeError(`No message that failed has the key ${key}.`);
    return this.deliver(key, body);
  }

  discard(key: string): void {
    this.sync.outbox.discard(key);
  }

  append(body: AppendMessage): Promise<MessageAccepted> {
    return this.command('append_message', (common) => appendMessage({ ...common, body }));
  }

  async cancel(runId?: string): Promise<CancelAccepted> {
    const body = runId === undefined ? {} : { run_id: runId };
    const cancelled = await this.command('cancel', (common) => cancelRun({ ...common, body }));
    if (runId !== undefined) this.sync.outbox.cancelled(runId);
    return cancelled;
  }

  async retry(): Promise<RetryAccepted> {
    const accepted = await this.command('retry', (common) => retryAnswer(common));
    this.sync.choose(undefined);
    return accepted;
  }

  continue(): Promise<RunStarted> {
    return this.command('continue', (common) => continueTurn(common));
  }

  async edit(messageId: string, content: string): Promise<RunAccepted> {
    const body = { message_id: messageId, content };
    const accepted = await this.command('edit_message', (common) => editMessage({ ...common, body }));
    this.sync.choose(undefined);
    return accepted;
  }

  async approve(approvals: ApproveTools['approvals']): Promise<void> {
    await this.command('approve_tools', (common) => approveTools({ ...common, body: { approvals } }));
  }

  async switchBranch(branch: string): Promise<void> {
    await this.command('switch_branch', (common) => switchBranch({ ...common, body: { branch } }));
    this.sync.choose(undefined);
  }

  showBranch(branch: string | undefined): void {
    this.sync.choose(branch);
  }

  loadOlder(): Promise<void> {
    return this.sync.loadOlder();
  }

  refresh(): Promise<void> {
    return this.sync.refresh();
  }

  /** Follows no longer, whoever looks. */
  close(): void {
    this.attention.end();
  }

  private deliver(key: string, body: SendMessage): Promise<RunAccepted> {
    const send = (): Promise<RunAccepted> =>
      this.command('send_message', (common) => sendMessage({ ...common, body }), key);
    const sent = this.sending.then(send, send).then(
      (accepted) => {
        this.sync.outbox.accepted(key, accepted);
        return accepted;
      },
      (error: unknown) => {
        this.sync.outbox.failed(key, problemOf(error));
        throw error;
      },
    );
    this.sending = sent.catch(() => undefined);
    return sent;
  }

  /** Carried out once, however often it has to be sent; then what it did is pulled. */
  private async command<Accepted extends { readonly revision: number }>(
    action: string,
    command: Command<Accepted>,
    key: string = newKey(),
  ): Promise<Accepted> {
    const { client, patience, activities } = this.parts;
    const headers = { 'Idempotency-Key': key };
    const common: Common = { client, path: { context_id: this.id }, headers };
    try {
      const { data } = await patience.insist(() => command(common));
      activities.command(this.id, action);
      this.sync.announce(data.revision);
      return data;
    } catch (error) {
      activities.command(this.id, action, error);
      throw error;
    }
  }
}
