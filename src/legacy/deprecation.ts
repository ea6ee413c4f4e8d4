import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

/** RFC 9745 §2.1: when it became deprecated, as a Unix time. */
export const since = '@1795219200';
/** RFC 8594 §3: when it will be gone. */
export const sunset = 'Fri, 31 Dec 2027 23:59:59 GMT';

export const successorLink = (path: string): string => `<${path}>; rel="successor-version"`;

/** Marks a route as an old one. `successor` may name parameters of the route, as `:context_id`. */
export const Deprecated = (successor: string): MethodDecorator => RouteConfig({ successor });

/**
 * Tells clients of an old route where its successor is, and how long the old one will be there. Before anything else
 * looks at the request, so that those who are refused are told as well.
 */
export function announceSuccessors(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { successor } = request.routeOptions.config as { readonly successor?: string };
    if (successor !== undefined) {
      const path = fill(successor, request.params as Readonly<Record<string, string>>);
      void reply.header('deprecation', since).header('sunset', sunset).header('link', successorLink(path));
    }
    done();
  });
}

const fill = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
