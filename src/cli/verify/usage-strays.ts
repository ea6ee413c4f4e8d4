import { counters } from '../../metering/usage/usage-kinds.js';
import type { Stray } from './stray.js';

/** What was used is of a provider's model, and its parts are no more than the whole. A purged context leaves its own. */
export const usageStrays: readonly Stray[] = [
  {
    sql: `SELECT owner || ', ' || day || ', ' || model AS id FROM usage
          WHERE model NOT LIKE provider || '/%' OR requests < 1
             OR estimated_requests > requests OR unpriced_requests > requests
             OR cached_tokens + cache_write_tokens > prompt_tokens OR reasoning_tokens > completion_tokens
             OR ${counters.map((name) => `${name} < 0`).join(' OR ')}`,
    says: (id) => `usage of ${id}: its numbers do not go together`,
  },
];
