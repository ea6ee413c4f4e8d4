import { key, longest, url, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** How `pullcord auth copilot` logs in at GitHub, and how the providers of the type copilot use that. */
export class CopilotSettings {
  @Setting(
    {
      env: 'PULLCORD_COPILOT_CLIENT_ID',
      file: 'copilot.client_id',
      about: 'The GitHub app that the user lets in; unset, that of Copilot in Visual Studio Code.',
    },
    key,
  )
  readonly copilotClientId: string = 'Iv1.b507a08c87ecfe98';

  @Setting(
    {
      env: 'PULLCORD_COPILOT_GITHUB_URL',
      file: 'copilot.github_url',
      about: 'Where users log in at GitHub; with GitHub Enterprise, its own address.',
    },
    url('http:', 'https:'),
  )
  readonly copilotGithubUrl: string = 'https://github.com';

  @Setting(
    {
      env: 'PULLCORD_COPILOT_GITHUB_API_URL',
      file: 'copilot.github_api_url',
      about: 'The API of GitHub, which gives out the tokens for Copilot.',
    },
    url('http:', 'https:'),
  )
  readonly copilotGithubApiUrl: string = 'https://api.github.com';

  @Setting(
    {
      env: 'PULLCORD_COPILOT_TIMEOUT_MS',
      file: 'copilot.timeout_ms',
      about: 'How long one request to GitHub may take.',
    },
    wholeNumber(1, longest),
  )
  readonly copilotTimeoutMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_COPILOT_REFRESH_MARGIN_MS',
      file: 'copilot.refresh_margin_ms',
      about:
        'How long before its end a token for Copilot is refreshed, where GitHub does not say when; at most half of its life.',
    },
    wholeNumber(0, longest),
  )
  readonly copilotRefreshMarginMs: number = 300_000;

  @Setting(
    {
      env: 'PULLCORD_COPILOT_RETRY_BASE_MS',
      file: 'copilot.retry_base_ms',
      about: 'The wait before a token that could not be refreshed is tried again; it doubles from there.',
    },
    wholeNumber(1, longest),
  )
  readonly copilotRetryBaseMs: number = 1_000;

  @Setting(
    {
      env: 'PULLCORD_COPILOT_RETRY_MAX_MS',
      file: 'copilot.retry_max_ms',
      about: 'The longest such wait.',
    },
    wholeNumber(1, longest),
  )
  readonly copilotRetryMaxMs: number = 300_000;
}
