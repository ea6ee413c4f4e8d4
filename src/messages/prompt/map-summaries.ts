import type { MessageId } from '../../kernel/ids.js';
import { isKnown, type KnownMessage, type Message } from '../message-kinds.js';
import { pairCalls } from './map-tool-calls.js';

type Summary = Extract<KnownMessage, { kind: 'summary' }>;

/** Which summary stands for a message, by the message's id. What is pinned is stood for by none. Pure. */
export function pairSummaries(
  messages: readonly Message[],
  pinned: ReadonlySet<string>,
): ReadonlyMap<string, Message> {
  const standsFor = new Map<string, Message>();
  for (const summary of messages.filter(isSummary))
    for (const id of summary.data.covers)
      if (id !== summary.id && !pinned.has(id)) standsFor.set(id, summary);
  return standsFor;
}

/**
 * The messages with each summary in the place of the first one that it covers, and without those covered. A summary of
 * messages that are older than all of these comes first, and so does one that has only what is pinned before it: many
 * providers want what is no talk at the beginning. What is pinned stays where it is. Pure.
 */
export function withSummaries(
  messages: readonly Message[],
  pinned: ReadonlySet<MessageId>,
): readonly Message[] {
  const standsFor = pairSummaries(messages, pinned);
  const there = new Set<string>(messages.map(({ id }) => id));
  const older = messages.filter(
    (message) => isSummary(message) && !standsFor.has(message.id) && isOlder(message.data.covers, there),
  );
  const first = new Set<Message>(older);
  const sent = new Set<Message>();
  for (const message of messages) {
    const summary = standsFor.get(message.id);
    // A summary that is covered itself leaves its place to the one that covers it.
    if (!summary) sent.add(message);
    else if (!standsFor.has(summary.id))
      if ([...sent].every(({ id }) => pinned.has(id))) first.add(summary);
      else sent.add(summary);
  }
  return [...first, ...[...sent].filter((message) => !first.has(message))];
}

/** What is pinned, each call of a tool with its results. Pure. */
export function withPinned(
  messages: readonly Message[],
  pinned: ReadonlySet<MessageId>,
): ReadonlySet<MessageId> {
  if (pinned.size === 0) return pinned;
  const { exchanges } = pairCalls(messages);
  const whole = exchanges.filter((exchange) => exchange.some(({ id }) => pinned.has(id)));
  return new Set([...pinned, ...whole.flat().map(({ id }) => id)]);
}

const isOlder = (covers: readonly string[], there: ReadonlySet<string>): boolean =>
  covers.length > 0 && !covers.some((id) => there.has(id));

export const isSummary = (message: Message): message is Summary =>
  isKnown(message) && message.kind === 'summary';
