import type { Registry } from 'prom-client';

let registry: Promise<Registry> | undefined;

/**
 * What prom-client measures of the process: memory, CPU, handles, garbage collection, the delay of the event loop. It
 * begins when somebody asks first: nobody else pays for the package or for its timers.
 */
export async function processMetrics(): Promise<string> {
  registry ??= begin();
  return (await registry).metrics();
}

async function begin(): Promise<Registry> {
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const register = new Registry();
  collectDefaultMetrics({ register });
  return register;
}
