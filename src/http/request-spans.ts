import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tracing, type Span } from '../telemetry/tracing.js';
import { isOfWatcher } from './request-logger.js';

const spans = new WeakMap<FastifyRequest, Span>();

/**
 * A span for each request, which goes on with the caller's trace where it has one (`traceparent`). To be called first,
 * and only where traces are wanted. Requests of watchers, and streams that stay open, have none. Of an address only its
 * path is told: what people search for is behind it.
 */
export function traceRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const span = beginSpan(request);
    if (!span) return next();
    spans.set(request, span);
    reply.raw.on('close', () => endSpan(span, reply.raw.statusCode, reply.raw.writableFinished));
    span.within(next);
  });
  // A body is read in events of its connection, which are part of no request: here it goes on.
  fastify.addHook('preValidation', (request, _reply, next) => {
    const span = spans.get(request);
    if (span) span.within(next);
    else next();
  });
}

function beginSpan(request: FastifyRequest): Span | undefined {
  const { method, routeOptions, headers } = request;
  const [path = '/'] = request.url.split('?', 1);
  if (routeOptions.config.staysOpen || isOfWatcher(path)) return undefined;
  const { url: route } = routeOptions;
  return tracing()?.begin({
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'server',
    parent: typeof headers.traceparent === 'string' ? headers.traceparent : null,
    attributes: {
      'http.request.method': method,
      'url.path': path,
      'url.scheme': request.protocol,
      'network.protocol.version': request.raw.httpVersion,
      'pullcord.request.id': request.id,
      ...(route !== undefined && { 'http.route': route }),
    },
  });
}

/** Only what we did wrong is an error of a server's span (OpenTelemetry semantic conventions, HTTP spans). */
function endSpan(span: Span, status: number, isWhole: boolean): void {
  span.set({ 'http.response.status_code': status });
  if (status >= 500) span.fail(String(status));
  else if (!isWhole) span.set({ 'pullcord.request.aborted': true });
  span.end();
}
