import type { FastifyReply } from 'fastify';
import { matchesIfNoneMatch } from './etag.js';
import { measurePull } from './pull-metrics.js';

export interface Caching {
  readonly etag: string;
  /** Never changes any more: a cache need not even ask. */
  readonly isImmutable?: boolean;
}

/** Sends the tag with the answer, or 304 without one when the client has it already (RFC 9110 §13.1.2). */
export function answerConditionally<Answer>(
  reply: FastifyReply,
  { etag, isImmutable }: Caching,
  ifNoneMatch: string | undefined,
  answer: () => Answer,
): Answer | undefined {
  void reply.header('etag', etag);
  void reply.header(
    'cache-control',
    isImmutable ? 'private, max-age=31536000, immutable' : 'private, no-cache',
  );
  // Nearly every client sends the tag that it was given, and nothing else.
  const isKnown =
    ifNoneMatch !== undefined && (ifNoneMatch === etag || matchesIfNoneMatch(ifNoneMatch, etag));
  if (ifNoneMatch !== undefined) measurePull('etag', !isKnown);
  if (!isKnown) return answer();
  void reply.status(304);
  return undefined;
}
