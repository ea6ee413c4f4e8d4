import { longest, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** Calls of the gateway that are recorded. */
export class ExchangesSettings {
  @Setting(
    {
      env: 'PULLCORD_EXCHANGE_FOLLOWERS_MAX',
      file: 'exchanges.followers_max',
      about: 'How many recorded answers may be followed at the same time; more are refused with 429.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly exchangeFollowersMax: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_EXCHANGE_POLL_MS',
      file: 'exchanges.poll_ms',
      about: 'How often a recorded answer is looked at without a signal, in case that one was lost.',
    },
    wholeNumber(10, longest),
  )
  readonly exchangePollMs: number = 5000;

  @Setting(
    {
      env: 'PULLCORD_EXCHANGE_MAX_ITEMS',
      file: 'exchanges.max_items',
      about: 'How many items one call may add to a conversation.',
    },
    wholeNumber(1, 10_000),
  )
  readonly exchangeMaxItems: number = 1000;
}
