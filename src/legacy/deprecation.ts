import type { FastifyReply } from 'fastify';

/** RFC 9745 §2.1: when it became deprecated, as a Unix time. */
const since = '@1795219200';
/** RFC 8594 §3: when it will be gone. */
const sunset = 'Fri, 31 Dec 2027 23:59:59 GMT';

/** Tells clients of an old route where its successor is, and how long the old one will be there. */
export function deprecate(reply: FastifyReply, successor: string): void {
  void reply
    .header('deprecation', since)
    .header('sunset', sunset)
    .header('link', `<${successor}>; rel="successor-version"`);
}
