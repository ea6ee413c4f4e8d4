import { wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** What the devices of an owner share. */
export class SessionsSettings {
  @Setting(
    {
      env: 'PULLCORD_SESSION_MAX_TABS',
      file: 'sessions.max_tabs',
      about: 'The most tabs that may be open in a session; past it, 413.',
    },
    wholeNumber(1, 1000),
  )
  readonly sessionMaxTabs: number = 100;
}
