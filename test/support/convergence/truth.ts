// What the server says of a context when it is asked anew, and how a view differs from that.
import { isDeepStrictEqual } from 'node:util';
import type { ContextView, MessageView } from '@pullcord/client';
import type { Message } from '../../../src/messages/message-kinds.js';
import { getContext, getPage, type WholeContext } from '../api.js';
import type { Siblings } from '../branch-client.js';
import type { Caller } from '../http.js';

export interface Truth {
  readonly context: WholeContext;
  /** Of the active branch, all of them. */
  readonly messages: readonly Message[];
  readonly siblings: ReadonlyMap<string, Siblings>;
}

/** A context at rest. */
export async function pullTruth(api: Caller, id: string): Promise<Truth> {
  const context = await getContext(api, id);
  const messages: Message[] = [];
  const siblings = new Map<string, Siblings>();
  for (let hasMore = true; hasMore;) {
    const before = messages[0] ? `&before=${messages[0].id}` : '';
    const page = await getPage(api, id, `?branch=${context.active_branch}&limit=100${before}`);
    messages.unshift(...page.messages);
    for (const one of (page as typeof page & { readonly siblings: readonly Siblings[] }).siblings)
      siblings.set(one.message_id, one);
    hasMore = page.has_more;
  }
  return { context, messages, siblings };
}

/** In words; undefined when the view shows the truth, and everything of it that it claims to. */
export function differenceOf(view: ContextView, truth: Truth): string | undefined {
  const { context, messages } = truth;
  const shown = view.messages.map(({ message }) => message);
  const newest = shown.length === 0 ? [] : messages.slice(-shown.length);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['status', view.status, 'ready'],
    ['problem', view.problem, undefined],
    ['context', view.metadata, context],
    ['allowed actions', view.allowedActions, context.allowed_actions],
    ['branch', view.branch, context.active_branch],
    ['ids', shown.map(({ id }) => id), newest.map(({ id }) => id)],
    ['messages', shown, newest],
    ['older', view.hasOlder, shown.length < messages.length],
    ['outgoing', view.outgoing.filter(({ status }) => status !== 'failed'), []],
    ['texts', view.messages.map(textOf), newest.map(finalText)],
    [
      'siblings',
      view.messages.map(({ siblings }) => siblings),
      shown.map(({ id }) => truth.siblings.get(id)),
    ],
  ];
  const wrong = pairs.find(([, is, should]) => !isDeepStrictEqual(is, should));
  return wrong && `${wrong[0]}: ${JSON.stringify(wrong[1])} rather than ${JSON.stringify(wrong[2])}`;
}

const textOf = ({ message, text, isStreaming }: MessageView): string =>
  message.kind === 'streaming_response' ? `${text}${isStreaming ? ' (streaming)' : ''}` : '';

const finalText = (message: Message): string =>
  message.kind === 'streaming_response' && 'content' in message.data ? String(message.data.content) : '';
