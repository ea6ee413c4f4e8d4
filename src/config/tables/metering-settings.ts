import { longest, oneOf, text, wholeNumber } from '../kinds.js';
import { priceTable, type PriceTable } from '../price-table.js';
import { Setting } from '../setting.js';

/** What calls to models cost, how many there may be, and who is asked first. */
export class MeteringSettings {
  @Setting(
    {
      env: 'PULLCORD_PRICES',
      file: 'metering.prices',
      about:
        'What a million tokens cost, by model or by the beginning of its id and a *; docs/guides/usage.md has an example.',
    },
    priceTable,
  )
  readonly prices: PriceTable = {};

  @Setting(
    {
      env: 'PULLCORD_CURRENCY',
      file: 'metering.currency',
      about: 'The currency of the prices, as it is shown beside costs.',
    },
    text('three capital letters such as USD', /^[A-Z]{3}$/),
  )
  readonly currency: string = 'USD';

  @Setting(
    {
      env: 'PULLCORD_RATE_REQUESTS',
      file: 'limits.requests',
      about: 'Calls to models that each owner may make in a window; unset, as many as they like.',
    },
    wholeNumber(1, 1_000_000_000_000),
  )
  readonly rateRequests?: number;

  @Setting(
    {
      env: 'PULLCORD_RATE_TOKENS',
      file: 'limits.tokens',
      about: 'Tokens, of prompts and answers together, that each owner may use in a window.',
    },
    wholeNumber(1, 1_000_000_000_000),
  )
  readonly rateTokens?: number;

  @Setting(
    {
      env: 'PULLCORD_RATE_ALL_REQUESTS',
      file: 'limits.all_requests',
      about: 'Calls to models that all owners together may make in a window.',
    },
    wholeNumber(1, 1_000_000_000_000),
  )
  readonly rateAllRequests?: number;

  @Setting(
    {
      env: 'PULLCORD_RATE_ALL_TOKENS',
      file: 'limits.all_tokens',
      about: 'Tokens that all owners together may use in a window.',
    },
    wholeNumber(1, 1_000_000_000_000),
  )
  readonly rateAllTokens?: number;

  @Setting(
    {
      env: 'PULLCORD_RATE_WINDOW_MS',
      file: 'limits.window_ms',
      about: 'How long a window is; it begins with its first call.',
    },
    wholeNumber(100, 604_800_000),
  )
  readonly rateWindowMs: number = 60_000;

  @Setting(
    {
      env: 'PULLCORD_RATE_WAIT_MS',
      file: 'limits.wait_ms',
      about: 'How long a call of the gateway may wait for the next window; past it, 429.',
    },
    wholeNumber(0, longest),
  )
  readonly rateWaitMs: number = 0;

  @Setting(
    {
      env: 'PULLCORD_RATE_TURN_WAIT_MS',
      file: 'limits.turn_wait_ms',
      about: 'How long a turn may wait for the next window; past it, it fails and can be tried again.',
    },
    wholeNumber(0, longest),
  )
  readonly rateTurnWaitMs: number = 120_000;

  @Setting(
    {
      env: 'PULLCORD_RATE_MAX_WAITING',
      file: 'limits.max_waiting',
      about: 'Calls that may wait for the next window at once; more are refused.',
    },
    wholeNumber(0, 1_000_000),
  )
  readonly rateMaxWaiting: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_CALL_APPROVAL',
      file: 'approval.calls',
      about: 'Whether calls to models are made at once, or each waits until its owner approves it.',
    },
    oneOf('automatic', 'manual'),
  )
  readonly callApproval: 'automatic' | 'manual' = 'automatic';

  @Setting(
    {
      env: 'PULLCORD_CALL_APPROVAL_TIMEOUT_MS',
      file: 'approval.timeout_ms',
      about: 'How long a call waits to be approved; past it, it is denied.',
    },
    wholeNumber(1, longest),
  )
  readonly callApprovalTimeoutMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_MAX_PENDING_CALLS',
      file: 'approval.max_pending',
      about: 'Calls that may wait to be approved at once; more are denied.',
    },
    wholeNumber(1, 10_000),
  )
  readonly maxPendingCalls: number = 1000;
}
