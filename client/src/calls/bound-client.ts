import { createClient, createConfig, type Client } from '../generated/client/index.js';
import { isProblem, networkProblem, PullcordError } from '../problem.js';
import { retryAfterMs } from '../retry-policy.js';
import type { Settings } from '../settings.js';
import { carefulFetch } from './careful-fetch.js';

/** What the generated calls take as `client`, bound to one server. Whatever goes wrong is a PullcordError. */
export function boundClient(settings: Settings): Client {
  // What is pulled is kept by whoever pulls it; a cache between the two could only be stale.
  const config = createConfig({
    baseUrl: settings.baseUrl,
    fetch: carefulFetch(settings),
    cache: 'no-store',
  });
  const client = createClient(config);
  client.interceptors.error.use((error, response: Response | undefined) => {
    if (!response)
      return new PullcordError(networkProblem(error instanceof Error ? error.message : String(error)));
    const problem = isProblem(error)
      ? error
      : networkProblem(`The answer was ${response.status}.`, response.status);
    return new PullcordError(problem, retryAfterMs(response.headers));
  });
  return client;
}
