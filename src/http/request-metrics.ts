import type { FastifyRequest } from 'fastify';
import { counterBy, histogramBy } from '../telemetry/instruments.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answers last as long as their readers like: how long says nothing about the server. */
    staysOpen?: boolean;
  }
}

const requests = counterBy(
  'pullcord_http_requests_total',
  'Requests that were answered, or left by their clients, by the pattern of their address; `none` where nothing is',
  ['method', 'route', 'status'],
);

const requestSeconds = histogramBy(
  'pullcord_http_request_seconds',
  'From the head of a request to the end of its answer; streams of signals and pulls that wait are not in it',
  ['method', 'route'],
);

/** Counts a request that is over. Only the pattern of its address is said, never the address. */
export function measureRequest(request: FastifyRequest, status: number, ms: number): void {
  const { url: route = 'none', config } = request.routeOptions;
  const { method } = request;
  requests.of(method, route, String(status)).add();
  if (config.staysOpen || request.url.includes('wait_ms=')) return;
  requestSeconds.of(method, route).observe(ms / 1000);
}
