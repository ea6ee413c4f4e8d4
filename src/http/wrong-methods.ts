import type { FastifyInstance } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';
import { sendProblem } from './send-problem.js';

/** What is at an address: `/contexts/:context_id` as a pattern, and the methods that it has. */
interface Place {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/**
 * Answers 405 with `Allow` (RFC 9110 §15.5.6) where only the method is wrong; where nothing is, it stays a 404. To be
 * called before there are routes, and after whatever else looks at a request first.
 */
export function refuseWrongMethods(fastify: FastifyInstance): void {
  const places = new Map<string, Place>();
  fastify.addHook('onRoute', ({ url, method }) => {
    // One that is at every address, as that of preflights, says nothing about any.
    if (url.includes('*')) return;
    const place = places.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    places.set(url, place);
    for (const name of [method].flat()) place.methods.add(name);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const allowed = request.is404 ? methodsAt(request.url, [...places.values()]) : [];
    if (allowed.length === 0) return done();
    void reply.header('allow', allowed.join(', '));
    sendProblem(reply, methodNotAllowed(request.method));
  });
}

/** Of all that match: another method may be that of a place whose parameter takes what is a name here. */
function methodsAt(url: string, places: readonly Place[]): readonly string[] {
  const [path = ''] = url.split('?', 1);
  const found = places.filter(({ pattern }) => pattern.test(path));
  return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
}

const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);

const methodNotAllowed = (method: string): DomainError =>
  new DomainError('method_not_allowed', `There is something at this address, but not with ${method}.`);
