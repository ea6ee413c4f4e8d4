import { longest, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** Turns: how many at once, and how far each may go. */
export class RunsSettings {
  @Setting(
    {
      env: 'PULLCORD_MAX_CONCURRENT_RUNS',
      file: 'runs.max_concurrent',
      about: 'Runs under way at once; more wait in the queue.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly maxConcurrentRuns: number = 500;

  @Setting(
    {
      env: 'PULLCORD_MAX_QUEUED_MESSAGES',
      file: 'runs.max_queued_messages',
      about: 'Messages that may wait in one context with on_busy "queue"; past it, 429.',
    },
    wholeNumber(1, 100_000),
  )
  readonly maxQueuedMessages: number = 16;

  @Setting(
    {
      env: 'PULLCORD_RUN_LEASE_MS',
      file: 'runs.lease_ms',
      about: 'How long a run belongs to its node without a sign of life.',
    },
    wholeNumber(100, longest),
  )
  readonly runLeaseMs: number = 15_000;

  @Setting(
    {
      env: 'PULLCORD_MAX_ANSWER_BYTES',
      file: 'runs.max_answer_bytes',
      about: 'The longest answer that is kept; a run that goes on past it ends in an error.',
    },
    wholeNumber(1, 1_073_741_824),
  )
  readonly maxAnswerBytes: number = 33_554_432;

  @Setting(
    {
      env: 'PULLCORD_EXTERNAL_STREAM_IDLE_MS',
      file: 'runs.external_stream_idle_ms',
      about: 'How long an external producer may be silent before its message is ended.',
    },
    wholeNumber(10, longest),
  )
  readonly externalStreamIdleMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_MAX_TOOL_DEPTH',
      file: 'runs.max_tool_depth',
      about: 'Rounds of tool calls that are made in a turn before the user must say go on.',
    },
    wholeNumber(1, 1000),
  )
  readonly maxToolDepth: number = 16;

  @Setting(
    {
      env: 'PULLCORD_MAX_TOOL_CALLS',
      file: 'runs.max_tool_calls',
      about: 'Tool calls in one answer of the model; a run whose model makes more ends in an error.',
    },
    wholeNumber(1, 128),
  )
  readonly maxToolCalls: number = 64;

  @Setting(
    {
      env: 'PULLCORD_TOOL_CONCURRENCY',
      file: 'runs.tool_concurrency',
      about: 'Calls of one answer that are made at once, of tools that may run beside others.',
    },
    wholeNumber(1, 128),
  )
  readonly toolConcurrency: number = 8;
}
