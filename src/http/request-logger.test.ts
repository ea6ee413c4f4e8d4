import { once } from 'node:events';
import { request } from 'node:http';
import { Logger } from '@nestjs/common';
import { fastify, type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { PinoLogger } from './pino-logger.js';
import { createLogger, fastifyLogging, logRequests } from './request-logger.js';

/** The process, and the number of the request in it. */
const ours = /^[0-9a-f-]{36}-\d+$/;

interface Line {
  readonly [field: string]: unknown;
}

const lines: Line[] = [];
const logger = createLogger('info', { write: (line) => lines.push(JSON.parse(line) as Line) });
afterEach(() => lines.splice(0));

async function withServer(use: (server: FastifyInstance, url: string) => Promise<void>): Promise<void> {
  const server = fastify(fastifyLogging(logger));
  logRequests(server, logger);
  server.get('/things', () => ({ ok: true }));
  server.get('/health/live', () => ({ ok: true }));
  server.get('/stream', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200).write('first');
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  lines.splice(0);
  try {
    await use(server, url);
  } finally {
    await server.close();
  }
}

describe('a request', () => {
  it('is one line with its id, without its query string and its headers', async () => {
    await withServer(async (_server, url) => {
      const headers = { authorization: 'Bearer hunter2', cookie: 'a=hunter2' };
      const response = await fetch(`${url}/things?q=hunter2`, { headers });
      await expect.poll(() => lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ level: 'info', method: 'GET', path: '/things', status: 200 });
      expect(lines[0]?.request_id).toMatch(ours);
      expect(response.headers.get('x-request-id')).toBe(lines[0]?.request_id);
      expect(JSON.stringify(lines)).not.toContain('hunter2');
    });
  });

  it("keeps a proxy's id, but not one that could break the log or the header", async () => {
    await withServer(async (_server, url) => {
      const idFor = async (given: string): Promise<string | null> =>
        (await fetch(`${url}/things`, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
      expect(await idFor('edge-17')).toBe('edge-17');
      expect(await idFor('a b"c')).toMatch(ours);
      expect(await idFor('x'.repeat(129))).toMatch(ours);
    });
  });

  it('that a stream took over is logged when its client goes away', async () => {
    await withServer(async (_server, url) => {
      const call = request(`${url}/stream`).end();
      call.on('error', () => undefined);
      const [response] = (await once(call, 'response')) as [NodeJS.ReadableStream];
      await once(response, 'data');
      expect(lines).toEqual([]);
      call.destroy();
      await expect.poll(() => lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ path: '/stream', status: 200, aborted: true });
    });
  });

  it('for the health of the server is not logged at the level info', async () => {
    await withServer(async (_server, url) => {
      await fetch(`${url}/health/live`);
      await fetch(`${url}/things`);
      await expect.poll(() => lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ path: '/things' });
    });
  });
});

describe('secrets', () => {
  it('are redacted by name, down to the second level', () => {
    logger.info({
      token: 'hunter2',
      headers: { authorization: 'hunter2' },
      call: { headers: { cookie: 'hunter2' } },
    });
    expect(lines[0]).toMatchObject({ token: '[redacted]', headers: { authorization: '[redacted]' } });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('that hang on an error stay out, its causes are kept', () => {
    const cause = Object.assign(new Error('UNIQUE failed'), {
      parameters: ['hunter2'],
      code: 'SQLITE_CONSTRAINT',
    });
    const error = Object.assign(new Error('no commit', { cause }), {
      requestBodyValues: { prompt: 'hunter2' },
    });
    logger.error({ err: error }, 'failed');
    expect(lines[0]).toMatchObject({
      msg: 'failed',
      err: {
        type: 'Error',
        message: 'no commit',
        cause: { message: 'UNIQUE failed', code: 'SQLITE_CONSTRAINT' },
      },
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});

describe("Nest's log", () => {
  it('is quiet about its start and speaks for every class', () => {
    Logger.overrideLogger(new PinoLogger(logger));
    new Logger('RoutesResolver').log('Mapped {/things, GET}');
    new Logger('Runner').log('took over 2 runs');
    new Logger('Runner').warn({ run_id: 'r1' });
    new Logger('Runner').error('lost a run', new Error('no lease'));
    new Logger('Runner').error('lost another', 'Error: x\n    at here');
    Logger.overrideLogger(false);
    expect(lines).toMatchObject([
      { level: 'info', context: 'Runner', msg: 'took over 2 runs' },
      { level: 'warn', context: 'Runner', run_id: 'r1' },
      { level: 'error', context: 'Runner', msg: 'lost a run', err: { message: 'no lease' } },
      { level: 'error', context: 'Runner', msg: 'lost another', stack: 'Error: x\n    at here' },
    ]);
  });
});
