import cors from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import type { Settings } from './config/settings.js';
import { version } from './config/version.js';
import { acceptGatewayCalls } from './gateway/gateway-route.js';
import { boundClose } from './http/bounded-close.js';
import { earlyRefusals } from './http/early-refusals.js';
import { refuseForeignHosts } from './http/host-check.js';
import { acceptJsonBodies } from './http/json-body.js';
import { acceptMultipart } from './http/multipart.js';
import { PinoLogger } from './http/pino-logger.js';
import { requestLimits } from './http/request-limits.js';
import { traceRequests } from './http/request-spans.js';
import { fastifyLogging, logRequests } from './http/request-logger.js';
import { sendSecurityHeaders } from './http/security-headers.js';
import { refuseWrongMethods } from './http/wrong-methods.js';
import { servePages } from './pages/serve-pages.js';
import { acceptImports } from './transfer/import/accept-imports.js';

/** A path with an id and a branch is short; anything longer is somebody's mistake. */
const maxParamLength = 200;

/** The application, ready to listen. */
export async function createApp(settings: Settings, logger: Logger): Promise<NestFastifyApplication> {
  const server = fastify({
    ...fastifyLogging(logger),
    ...earlyRefusals,
    ...requestLimits(settings),
    bodyLimit: settings.bodyLimitBytes,
    forceCloseConnections: 'idle',
    // While it closes, pulls are still answered, and commands refused in our own words.
    return503OnClosing: false,
    routerOptions: { maxParamLength },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  if (settings.otlpEndpoint !== undefined) await sendTraces(server, settings, settings.otlpEndpoint, logger);
  logRequests(server, logger);
  sendSecurityHeaders(server);
  boundClose(server);
  if (settings.tokens.length === 0) refuseForeignHosts(server, settings.corsOrigins);
  if (settings.corsOrigins.length > 0)
    await server.register(cors, {
      origin: [...settings.corsOrigins],
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: [
        'ETag',
        'Location',
        'Retry-After',
        'Accept-Ranges',
        'Content-Range',
        'Content-Disposition',
        'Allow',
        'X-Request-Id',
        'Deprecation',
        'Sunset',
        'Link',
        'X-Pullcord-Context',
        'X-Pullcord-Turn',
      ],
    });
  // Behind CORS, so that a page in a browser can read this answer as well.
  refuseWrongMethods(server);
  acceptJsonBodies(server, settings.bodyLimitBytes);
  acceptMultipart(server);
  acceptImports(server, settings);
  acceptGatewayCalls(server, settings);
  servePages(server, settings);
  const adapter = new FastifyAdapter(server as never);
  return NestFactory.create<NestFastifyApplication>(AppModule.with(settings), adapter, {
    logger: new PinoLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
}

/** Nothing of OpenTelemetry is loaded where nobody wants traces. */
async function sendTraces(
  server: FastifyInstance,
  { otelServiceName: serviceName, traceQueueMax: queueMax, traceFlushMs: flushMs }: Settings,
  endpoint: string,
  logger: Logger,
): Promise<void> {
  const { openTracing } = await import('./telemetry/otel/open-tracing.js');
  const warn = (sentence: string): void => logger.warn({ context: 'traces' }, sentence);
  const close = openTracing({ endpoint, serviceName, version, queueMax, flushMs, warn });
  // The last of all: by then no run and no request is left.
  server.addHook('onClose', close);
  traceRequests(server);
}
