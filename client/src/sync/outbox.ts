import type { Context, Message, RunAccepted, SendMessage } from '../generated/types.gen.js';
import type { Problem } from '../problem.js';
import type { OutgoingMessage } from '../views.js';

/** Where a message says, in what its client sent along, which key it was sent with. */
const keyField = 'idempotency_key';

interface Sent {
  readonly shown: OutgoingMessage;
  readonly body: SendMessage;
  readonly accepted?: RunAccepted;
}

/** What was sent and has not been pulled yet, in the order of sending. */
export class Outbox {
  private sent: readonly Sent[] = [];

  constructor(private readonly changed: () => void) {}

  get messages(): readonly OutgoingMessage[] {
    return this.sent.map(({ shown }) => shown);
  }

  /** Shows a message as `sending`, and gives the body to send. */
  add(key: string, { metadata, ...message }: SendMessage): SendMessage {
    // So that it is known again in the pool even when the answer to sending it was lost.
    const body = { ...message, metadata: { ...metadata, [keyField]: key } };
    const { content = textOf(message), payload } = message;
    const shown: OutgoingMessage = { key, content, status: 'sending', ...(payload && { payload }) };
    this.set([...this.sent, { shown, body }]);
    return body;
  }

  /** A failed one is to be sent again; undefined when there is none. */
  again(key: string): SendMessage | undefined {
    const failed = this.find(key);
    if (failed?.shown.status !== 'failed') return undefined;
    this.change(key, ({ problem: _, ...shown }) => ({ ...shown, status: 'sending' }));
    return failed.body;
  }

  accepted(key: string, accepted: RunAccepted): void {
    this.change(key, (shown) => ({ ...shown, status: 'accepted' }), accepted);
  }

  failed(key: string, problem: Problem): void {
    this.change(key, (shown) => ({ ...shown, status: 'failed', problem }));
  }

  /** Takes a failed one out. */
  discard(key: string): void {
    if (this.find(key)?.shown.status === 'failed')
      this.set(this.sent.filter(({ shown }) => shown.key !== key));
  }

  /** Whom this run would have answered: it has been taken out of the queue. */
  cancelled(runId: string): void {
    this.set(this.sent.filter(({ accepted }) => accepted?.run_id !== runId));
  }

  /** Takes out what has come, and what never will: no message waits behind a run when none is under way. */
  settle(came: readonly Message[], context: Context): void {
    if (this.sent.length === 0) return;
    const ids = new Set(came.map(({ id }) => id));
    const keys = new Set(came.map(({ metadata }) => metadata.client?.[keyField]));
    this.set(
      this.sent.filter(({ shown, accepted }) => {
        const hasCome = keys.has(shown.key) || (accepted !== undefined && ids.has(accepted.message_id));
        const isLost = accepted !== undefined && isIdle(context) && context.revision >= accepted.revision;
        return !hasCome && !isLost;
      }),
    );
  }

  private find(key: string): Sent | undefined {
    return this.sent.find(({ shown }) => shown.key === key);
  }

  private change(
    key: string,
    change: (shown: OutgoingMessage) => OutgoingMessage,
    accepted?: RunAccepted,
  ): void {
    this.set(
      this.sent.map((one) =>
        one.shown.key === key ? { ...one, shown: change(one.shown), ...(accepted && { accepted }) } : one,
      ),
    );
  }

  private set(sent: readonly Sent[]): void {
    this.sent = sent;
    this.changed();
  }
}

const textOf = ({ payload }: SendMessage): string =>
  payload && 'content' in payload.data && typeof payload.data.content === 'string'
    ? payload.data.content
    : '';

/** No run is under way, nor any put off that would go on by itself. */
const isIdle = ({ state }: Context): boolean =>
  state.type === 'error' ||
  state.type === 'archived' ||
  state.type === 'initial' ||
  (state.type === 'awaiting_user' && state.reason !== 'tool_approval');
