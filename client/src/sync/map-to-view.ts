// What is known of a context as what is shown of it. Whatever is as it was before is the very same object.
import type { Context, Message } from '../generated/types.gen.js';
import type { Problem } from '../problem.js';
import type { ContextView, MessageView, OutgoingMessage, ViewStatus } from '../views.js';
import type { Line } from './line.js';
import { nothing, type StreamedText } from './streamed-text.js';

export interface Known {
  readonly status: ViewStatus;
  readonly problem: Problem | undefined;
  readonly context: Context | undefined;
  readonly line: Line | undefined;
  readonly streamOf: (messageId: string) => StreamedText | undefined;
  readonly outgoing: readonly OutgoingMessage[];
}

/** Before anything is known. */
export const emptyView = (id: string): ContextView => ({
  id,
  status: 'loading',
  allowedActions: [],
  branches: [],
  messages: [],
  hasOlder: false,
  outgoing: [],
});

export function mapToView(before: ContextView, known: Known): ContextView {
  const { status, problem, context, line, streamOf, outgoing } = known;
  const view: ContextView = {
    ...emptyView(before.id),
    status,
    ...(problem && { problem }),
    ...(context && {
      metadata: context,
      branches: sameList(before.branches, context.branches),
      allowedActions: sameList(before.allowedActions, context.allowed_actions),
    }),
    ...(line && { branch: line.branch, hasOlder: line.hasOlder }),
    messages: messagesOf(before.messages, line, streamOf),
    outgoing: sameList(before.outgoing, outgoing),
  };
  return isShallowlySame(before, view) ? before : view;
}

function messagesOf(
  before: readonly MessageView[],
  line: Line | undefined,
  streamOf: Known['streamOf'],
): readonly MessageView[] {
  const byId = new Map(before.map((view) => [view.message.id, view]));
  const next = (line?.messages ?? []).map((message) => {
    const view = viewOf(message, line, streamOf(message.id));
    const old = byId.get(message.id);
    return old && isSameMessage(old, view) ? old : view;
  });
  return next.length === before.length && next.every((view, at) => view === before[at]) ? before : next;
}

function viewOf(message: Message, line: Line | undefined, streamed: StreamedText = nothing): MessageView {
  const siblings = line?.siblings.get(message.id);
  const isStreaming = message.status === 'streaming';
  return {
    message,
    ...(isStreaming ? streamed : wholeOf(message)),
    isStreaming,
    ...(siblings && { siblings }),
  };
}

/** What a message that no longer changes says. */
function wholeOf({ data }: Message): StreamedText {
  const facts: Readonly<Record<string, unknown>> = { ...data };
  return {
    sequence: typeof facts.final_sequence === 'number' ? facts.final_sequence : 0,
    text: typeof facts.content === 'string' ? facts.content : '',
    reasoning: typeof facts.reasoning === 'string' ? facts.reasoning : '',
    toolArguments: nothing.toolArguments,
  };
}

/** A message is what it was as long as it has its revision and status; its text moves with its sequence alone. */
const isSameMessage = (a: MessageView, b: MessageView): boolean =>
  a.message.revision === b.message.revision &&
  a.message.status === b.message.status &&
  a.sequence === b.sequence &&
  isSameJson(a.siblings, b.siblings);

const sameList = <Item>(before: readonly Item[], next: readonly Item[]): readonly Item[] =>
  isSameJson(before, next) ? before : next;

export const isSameJson = (a: unknown, b: unknown): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

const isShallowlySame = (a: object, b: object): boolean => {
  const fields = Object.entries(a);
  const others = new Map<string, unknown>(Object.entries(b));
  return fields.length === others.size && fields.every(([name, value]) => others.get(name) === value);
};
