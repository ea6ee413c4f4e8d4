// What Fastify alone does with the same routes and bodies: it reads the request as it would for anybody, and answers
// what it was given.
import { fastify } from 'fastify';
import { answerAsks } from '../lib/answer-asks.mjs';

const server = fastify();

/** `body` is answered as an object that Fastify has to encode, `text` as bytes that are JSON already. */
function addRoute({ method, path, status = 200, body, text, etag }) {
  server.route({
    method,
    url: path,
    handler: async (request, reply) => {
      if (etag) {
        reply.header('etag', etag);
        if (request.headers['if-none-match'] === etag) return reply.status(304).send();
      }
      if (text !== undefined) return reply.status(status).type('application/json').send(text);
      reply.status(status);
      return body;
    },
  });
}

answerAsks({
  listen: ({ routes }) => {
    routes.forEach(addRoute);
    return server.listen({ port: 0, host: '127.0.0.1' });
  },
});
