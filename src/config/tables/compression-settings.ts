import { compressionStrategies, maxKeptTurns, type CompressionStrategy } from '../compression.js';
import { oneOf, share, text, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** What becomes of conversations that grow too long. */
export class CompressionSettings {
  @Setting(
    {
      env: 'PULLCORD_COMPRESSION',
      file: 'compression.strategy',
      about:
        'What becomes of a conversation that grows too long, where a context does not say it; docs/guides/compression.md has what each does.',
    },
    oneOf(...compressionStrategies),
  )
  readonly compression: CompressionStrategy = 'summarize';

  @Setting(
    {
      env: 'PULLCORD_COMPRESSION_THRESHOLD',
      file: 'compression.threshold',
      about: 'The share of a model’s window that a request may take before older turns give way.',
    },
    share(0.05),
  )
  readonly compressionThreshold: number = 0.8;

  @Setting(
    {
      env: 'PULLCORD_COMPRESSION_KEEP_TURNS',
      file: 'compression.keep_turns',
      about: 'How many of the newest turns are sent as they are for as long as they fit at all.',
    },
    wholeNumber(1, maxKeptTurns),
  )
  readonly compressionKeepTurns: number = 4;

  @Setting(
    {
      env: 'PULLCORD_COMPRESSION_MODEL',
      file: 'compression.model',
      about: 'The model that writes summaries; unset, the one that answers.',
    },
    text('a model id such as openai/gpt-4o-mini', /^[\x21-\x7e]{1,200}$/),
  )
  readonly compressionModel?: string;

  @Setting(
    {
      env: 'PULLCORD_COMPRESSION_SUMMARY_TOKENS',
      file: 'compression.summary_tokens',
      about: 'The most tokens of a summary; never more than a quarter of what a request may take.',
    },
    wholeNumber(16, 100_000),
  )
  readonly compressionSummaryTokens: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_COMPRESSION_MAX_CALLS',
      file: 'compression.max_calls',
      about:
        'How often the model is called for one summary, where it cannot read at once what is to be summarized; what is left waits for the next.',
    },
    wholeNumber(1, 1000),
  )
  readonly compressionMaxCalls: number = 10;

  @Setting(
    {
      env: 'PULLCORD_COMPRESSION_TIMEOUT_MS',
      file: 'compression.timeout_ms',
      about: 'How long a summary may take in all; then older turns are left out instead.',
    },
    wholeNumber(10, 3_600_000),
  )
  readonly compressionTimeoutMs: number = 120_000;

  @Setting(
    {
      env: 'PULLCORD_MAX_PINS',
      file: 'contexts.max_pins',
      about: 'How many messages of a context may be pinned.',
    },
    wholeNumber(1, 10_000),
  )
  readonly maxPins: number = 100;
}
