import type { FastifyInstance } from 'fastify';
import type { PagesSettings } from '../config/tables/pages-settings.js';
import { pageFiles } from './page-files.js';
import { ServedFile } from './served-file.js';

/**
 * A route for each file of the pages, open to everybody: they hold nothing of anybody's, and what they call does. Because
 * each is a route of its own, no path in a request is ever joined to a folder. To be called before Nest adds its routes.
 */
export function servePages(fastify: FastifyInstance, settings: PagesSettings): void {
  for (const about of pageFiles(settings)) {
    const file = new ServedFile(about);
    fastify.get(about.path, async (request, reply) => reply.send(await file.answer(request, reply)));
  }
}
