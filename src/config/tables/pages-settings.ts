import { flag } from '../kinds.js';
import { Setting } from '../setting.js';

/** What the server shows to somebody who opens its address in a browser. */
export class PagesSettings {
  @Setting(
    {
      env: 'PULLCORD_PLAYGROUND',
      file: 'pages.playground',
      about:
        'Whether a browser that opens `/` is shown the playground; programs are welcomed in JSON anyway.',
    },
    flag,
  )
  readonly playground: boolean = true;

  @Setting(
    {
      env: 'PULLCORD_API_REFERENCE',
      file: 'pages.api_reference',
      about: 'Whether `/docs` shows the reference of the API, made from `/openapi.json`.',
    },
    flag,
  )
  readonly apiReference: boolean = true;
}
