// What was sent and is not known to have arrived: kept in this tab, so that a reload does not lose it.
import type { ContextView } from '@pullcord/client';
import { keep, readKept } from '../../kept.js';

interface Unsent {
  readonly key: string;
  readonly content: string;
}

const placeOf = (contextId: string): string => `pullcord.unsent.${contextId}`;

/** Until the server has a message it may have to be written again; one that it has accepted is safe there. */
export function keepUnsent({ id, outgoing }: ContextView): void {
  const unsent = outgoing
    .filter(({ status, content }) => status !== 'accepted' && content !== '')
    .map(({ key, content }): Unsent => ({ key, content }));
  keep('session', placeOf(id), unsent.length > 0 ? JSON.stringify(unsent) : undefined);
}

/** What an earlier page has left unsent: neither did it arrive, nor is this page sending it. */
export function readUnsent({ id, messages, outgoing }: ContextView): readonly string[] {
  const known = new Set<unknown>([
    ...messages.map(({ message }) => message.metadata.client?.idempotency_key),
    ...outgoing.map(({ key }) => key),
  ]);
  const kept: unknown = JSON.parse(readKept('session', placeOf(id)) ?? '[]');
  const unsent = Array.isArray(kept) ? kept.filter(isUnsent) : [];
  return unsent.filter(({ key }) => !known.has(key)).map(({ content }) => content);
}

const isUnsent = (value: unknown): value is Unsent =>
  typeof value === 'object' &&
  value !== null &&
  'key' in value &&
  'content' in value &&
  typeof value.key === 'string' &&
  typeof value.content === 'string';
