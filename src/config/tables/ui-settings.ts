import { wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** Pages that are built with the AI SDK. */
export class UiSettings {
  @Setting(
    {
      env: 'PULLCORD_UI_PAGE_MESSAGES',
      file: 'ui.page_messages',
      about: 'How many messages of the pool a page of `GET /ui/chat/{id}/messages` may show.',
    },
    wholeNumber(1, 10_000),
  )
  readonly uiPageMessages: number = 500;

  @Setting(
    {
      env: 'PULLCORD_UI_LOOK_BACK',
      file: 'ui.look_back',
      about: 'How many messages back one is looked for that a page of the AI SDK names.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly uiLookBack: number = 2000;

  @Setting(
    {
      env: 'PULLCORD_UI_MAX_FILES',
      file: 'ui.max_files',
      about: 'How many files one message of a page of the AI SDK may have.',
    },
    wholeNumber(0, 100),
  )
  readonly uiMaxFiles: number = 10;
}
