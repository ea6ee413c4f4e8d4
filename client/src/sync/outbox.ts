import type { Context, MessageMetadata, RunAccepted, SendMessage } from '../generated/types.gen.js';
import type { Problem } from '../problem.js';
import type { OutgoingMessage } from '../views.js';

/** Where a message says, in what its client sent along, which key it was sent with. */
const keyField = 'idempotency_key';

interface Sent extends OutgoingMessage {
  readonly body: SendMessage;
  readonly accepted?: RunAccepted;
}

/** What is asked of a message that has come. */
export interface Arrival {
  readonly id: string;
  readonly metadata: Pick<MessageMetadata, 'client'>;
}

/** What was sent and has not been pulled yet, in the order of sending. */
export interface Outbox {
  messages(): readonly OutgoingMessage[];
  /** Whether it has something that the server may not have. */
  isUnsaved(): boolean;
  /** Shows a message as `sending`, and gives the body to send. */
  add(key: string, message: SendMessage): SendMessage;
  /** A failed one is to be sent again; undefined when there is none. */
  again(key: string): SendMessage | undefined;
  accepted(key: string, accepted: RunAccepted): void;
  failed(key: string, problem: Problem): void;
  /** Takes a failed one out. */
  discard(key: string): void;
  /** The message that this run would have answered has been taken out of the queue. */
  cancelled(runId: string): void;
  /** Takes out what has come, and what never will: no message waits behind a run when none is under way. */
  settle(came: readonly Arrival[], context: Context): void;
}

/** `isFollowed`: whether what was accepted will be pulled. If not, nothing would ever take it out. */
export function createOutbox(changed: () => void, isFollowed: () => boolean): Outbox {
  let all: readonly Sent[] = [];
  let view: readonly OutgoingMessage[] = [];
  const set = (next: readonly Sent[]): void => {
    all = next;
    view = all.map(shown);
    changed();
  };
  const keep = (isKept: (one: Sent) => boolean): void => set(all.filter(isKept));
  const change = (key: string, to: Partial<Sent>): void =>
    set(all.map((one) => (one.key === key ? { ...one, problem: undefined, ...to } : one)));
  const failedOne = (key: string): Sent | undefined =>
    all.find((one) => one.key === key && one.status === 'failed');

  return {
    messages: () => view,
    isUnsaved: () => all.some(({ status }) => status !== 'accepted'),
    add(key, message) {
      const { content = textOf(message), payload } = message;
      // So that it is known again in the pool even when the answer to sending it was lost.
      const body = { ...message, metadata: { ...message.metadata, [keyField]: key } };
      set([...all, { key, content, payload, status: 'sending', body }]);
      return body;
    },
    again(key) {
      const body = failedOne(key)?.body;
      if (body) change(key, { status: 'sending' });
      return body;
    },
    accepted: (key, accepted) =>
      isFollowed() ? change(key, { status: 'accepted', accepted }) : keep((one) => one.key !== key),
    failed: (key, problem) => change(key, { status: 'failed', problem }),
    discard(key) {
      const failed = failedOne(key);
      keep((one) => one !== failed);
    },
    cancelled: (runId) => keep(({ accepted }) => accepted?.run_id !== runId),
    settle(came, context) {
      const ids = new Set(came.map(({ id }) => id));
      const keys = new Set(came.map(({ metadata }) => metadata.client?.[keyField]));
      keep(
        ({ key, accepted }) =>
          !keys.has(key) &&
          !(accepted && (ids.has(accepted.message_id) || isOver(context, accepted.revision))),
      );
    },
  };
}

const shown = ({ key, content, payload, status, problem }: Sent): OutgoingMessage => ({
  key,
  content,
  payload,
  status,
  problem,
});

const textOf = ({ payload }: SendMessage): string =>
  payload && 'content' in payload.data && typeof payload.data.content === 'string'
    ? payload.data.content
    : '';

/** Since that revision a turn has come to its end, and none has begun by itself. */
const isOver = ({ state, revision }: Context, since: number): boolean =>
  revision >= since &&
  (['error', 'archived', 'initial'].includes(state.type) ||
    (state.type === 'awaiting_user' && state.reason !== 'tool_approval'));
