import { text } from '../kinds.js';
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
}
