/** What is counted of calls, in the order in which it is shown. */
export const counters = [
  'requests',
  'estimated_requests',
  'unpriced_requests',
  'prompt_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'completion_tokens',
  'reasoning_tokens',
  'cost_micros',
] as const;

export type Counter = (typeof counters)[number];
export type Counts = Readonly<Record<Counter, number>>;

/** What usage can be told apart by. */
export const dimensions = ['day', 'provider', 'model', 'purpose', 'context'] as const;
export type Dimension = (typeof dimensions)[number];

export const noCounts: Counts = {
  requests: 0,
  estimated_requests: 0,
  unpriced_requests: 0,
  prompt_tokens: 0,
  cached_tokens: 0,
  cache_write_tokens: 0,
  completion_tokens: 0,
  reasoning_tokens: 0,
  cost_micros: 0,
};
