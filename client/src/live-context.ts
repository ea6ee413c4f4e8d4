import { problemIn, type Activities } from './activity.js';
import type { Client } from './calls/api-client.js';
import { newKey } from './calls/new-key.js';
import type { Patience } from './calls/patience.js';
import {
  appendMessage,
  approveTools,
  archiveContext,
  cancelRun,
  continueTurn,
  editMessage,
  restoreContext,
  retryAnswer,
  sendMessage,
  switchBranch,
} from './generated/sdk.gen.js';
import type { RunAccepted, SendMessage } from './generated/types.gen.js';
import { problemOf } from './problem.js';
import type { Attended } from './sync/attention.js';
import type { ContextSync } from './sync/context-sync.js';
import type { ContextView, LiveContext } from './views.js';

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

/** A context with its commands. */
export function liveContext(
  id: string,
  sync: ContextSync,
  attended: Attended<ContextView>,
  { client, patience, activities }: CommandParts,
): LiveContext & Attended<ContextView> {
  const { outbox } = sync;
  /** Messages are sent one after another: they are to arrive in the order in which they were written. */
  let sending: Promise<unknown> = Promise.resolve();

  /** Carried out once, however often it has to be sent; then what it did is pulled. */
  const command = async <Accepted extends { readonly revision: number }>(
    action: string,
    send: Command<Accepted>,
    key = newKey(),
  ): Promise<Accepted> => {
    const common = { client, path: { context_id: id }, headers: { 'Idempotency-Key': key } };
    const tell = (error?: unknown): void =>
      activities.tell({ type: 'command', at: Date.now(), contextId: id, action, ...problemIn(error) });
    try {
      const { data } = await patience.insist(() => send(common));
      tell();
      sync.announce(data.revision);
      return data;
    } catch (error) {
      tell(error);
      throw error;
    }
  };
  /** One that works on the active branch, so that is what is shown from then on. */
  const moving = <Accepted extends { readonly revision: number }>(
    action: string,
    send: Command<Accepted>,
    key?: string,
  ): Promise<Accepted> => {
    const sendAndShow: Command<Accepted> = async (common) => {
      const accepted = await send(common);
      sync.choose(undefined);
      return accepted;
    };
    return command(action, sendAndShow, key);
  };
  /** Whoever names a branch knows where it goes, and stays where he is. */
  const saying = ({ branch }: { readonly branch?: string }): typeof moving => (branch ? command : moving);
  const deliver = (key: string, body: SendMessage): Promise<RunAccepted> => {
    const sent = sending.then(async () => {
      try {
        const accepted = await saying(body)(
          'send_message',
          (common) => sendMessage({ ...common, body }),
          key,
        );
        outbox.accepted(key, accepted);
        return accepted;
      } catch (error) {
        outbox.failed(key, problemOf(error));
        throw error;
      }
    });
    sending = sent.catch(() => undefined);
    return sent;
  };

  return {
    id,
    ...attended,
    send(message) {
      const key = newKey();
      return deliver(key, outbox.add(key, typeof message === 'string' ? { content: message } : message));
    },
    async resend(key) {
      const body = outbox.again(key);
      if (!body) throw new RangeError('No message that failed has this key.');
      return deliver(key, body);
    },
    discard: outbox.discard,
    append: (body) => saying(body)('append_message', (common) => appendMessage({ ...common, body })),
    async cancel(run_id) {
      const cancelled = await command('cancel', (common) => cancelRun({ ...common, body: { run_id } }));
      if (run_id) outbox.cancelled(run_id);
      return cancelled;
    },
    retry: () => moving('retry', retryAnswer),
    continue: () => moving('continue', continueTurn),
    edit: (message_id, content) =>
      moving('edit_message', (common) => editMessage({ ...common, body: { message_id, content } })),
    async approve(approvals) {
      await command('approve_tools', (common) => approveTools({ ...common, body: { approvals } }));
    },
    async switchBranch(branch) {
      await moving('switch_branch', (common) => switchBranch({ ...common, body: { branch } }));
    },
    async archive() {
      await command('archive', archiveContext);
    },
    async restore() {
      await command('restore', restoreContext);
    },
    showBranch: sync.choose,
    loadOlder: sync.loadOlder,
    refresh: sync.refresh,
  };
}
