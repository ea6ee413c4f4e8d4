import { wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** The search through messages. */
export class SearchSettings {
  @Setting(
    {
      env: 'PULLCORD_FULL_TEXT_MAX_WORDS',
      file: 'full_text.max_words',
      about:
        'How many words of a message, from its beginning, can be searched for; messages that are there already stay as they are.',
    },
    // PostgreSQL numbers the places in a text up to 16,383.
    wholeNumber(1, 16_000),
  )
  readonly fullTextMaxWords: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_FULL_TEXT_MAX_RANKED',
      file: 'full_text.max_ranked',
      about: 'How many matches of a search are ranked, the newest ones; older ones are not shown.',
    },
    wholeNumber(1, 100_000),
  )
  readonly fullTextMaxRanked: number = 2_000;
}
