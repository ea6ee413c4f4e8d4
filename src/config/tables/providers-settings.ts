import { flag, key, longest, text, url, wholeNumber } from '../kinds.js';
import { modelTable, type ModelTable } from '../model-table.js';
import { apiVersion, providerTable, type ProviderTable } from '../provider-table.js';
import { Setting } from '../setting.js';

/** Which models there are, and how they are called. */
export class ProvidersSettings {
  @Setting(
    {
      env: 'PULLCORD_DEFAULT_MODEL',
      file: 'model.default',
      about: 'The model of a context that names none.',
    },
    text('a model id such as openai/gpt-4o-mini', /^[\x21-\x7e]{1,200}$/),
  )
  readonly defaultModel?: string;

  @Setting(
    {
      env: 'PULLCORD_AUTO_TITLES',
      file: 'titles.automatic',
      about: 'Whether a context that has no title gets one after its first turn.',
    },
    flag,
  )
  readonly autoTitles: boolean = true;

  @Setting(
    {
      env: 'PULLCORD_TITLE_MODEL',
      file: 'titles.model',
      about: 'The model that makes titles, a cheap one; unset, the one that the context asks.',
    },
    text('a model id such as openai/gpt-4o-mini', /^[\x21-\x7e]{1,200}$/),
  )
  readonly titleModel?: string;

  @Setting(
    {
      env: 'PULLCORD_MODELS',
      file: 'models',
      about:
        'What models take and can do, where it is not known or has changed, and which other names the providers have; docs/guides/models.md has an example.',
    },
    modelTable,
  )
  readonly models: ModelTable = {};

  @Setting(
    {
      env: 'PULLCORD_MODEL_CONNECT_TIMEOUT_MS',
      file: 'model.connect_timeout_ms',
      about: 'How long connecting to a model may take.',
    },
    wholeNumber(1, longest),
  )
  readonly modelConnectTimeoutMs: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_FIRST_CHUNK_TIMEOUT_MS',
      file: 'model.first_chunk_timeout_ms',
      about: 'How long a model may think before its first chunk.',
    },
    wholeNumber(1, longest),
  )
  readonly modelFirstChunkTimeoutMs: number = 120_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_IDLE_TIMEOUT_MS',
      file: 'model.idle_timeout_ms',
      about: 'How long a model may be silent between two chunks.',
    },
    wholeNumber(1, longest),
  )
  readonly modelIdleTimeoutMs: number = 60_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_MAX_ATTEMPTS',
      file: 'model.max_attempts',
      about: 'How often a call is tried in all while nothing was streamed yet.',
    },
    wholeNumber(1, 100),
  )
  readonly modelMaxAttempts: number = 4;

  @Setting(
    {
      env: 'PULLCORD_MODEL_RETRY_BASE_MS',
      file: 'model.retry_base_ms',
      about: 'The wait before the second attempt; it doubles from there, with jitter.',
    },
    wholeNumber(0, longest),
  )
  readonly modelRetryBaseMs: number = 500;

  @Setting(
    {
      env: 'PULLCORD_MODEL_RETRY_MAX_MS',
      file: 'model.retry_max_ms',
      about: 'The longest wait between two attempts, whatever Retry-After says.',
    },
    wholeNumber(0, longest),
  )
  readonly modelRetryMaxMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_PROVIDERS',
      file: 'providers',
      about: 'The providers of models by their names; docs/guides/models.md has an example.',
      // Their keys and headers.
      secret: true,
    },
    providerTable,
  )
  readonly providers: ProviderTable = {};

  @Setting(
    {
      env: 'OPENAI_API_KEY',
      file: 'openai.api_key',
      about: 'The key of the provider "openai"; the provider exists when this or its base URL is set.',
      secret: true,
    },
    key,
  )
  readonly openaiApiKey?: string;

  @Setting(
    {
      env: 'OPENAI_BASE_URL',
      file: 'openai.base_url',
      about: 'Any OpenAI-compatible server; unset, https://api.openai.com/v1.',
      // A URL may carry a password.
      secret: true,
    },
    url('http:', 'https:'),
  )
  readonly openaiBaseUrl?: string;

  @Setting(
    {
      env: 'ANTHROPIC_API_KEY',
      file: 'anthropic.api_key',
      about: 'The key of the provider "anthropic"; the provider exists when this or its base URL is set.',
      secret: true,
    },
    key,
  )
  readonly anthropicApiKey?: string;

  @Setting(
    {
      env: 'ANTHROPIC_BASE_URL',
      file: 'anthropic.base_url',
      about: 'A server that speaks as Anthropic does, without the version; unset, https://api.anthropic.com.',
      // A URL may carry a password.
      secret: true,
    },
    url('http:', 'https:'),
  )
  readonly anthropicBaseUrl?: string;

  @Setting(
    {
      env: 'AZURE_OPENAI_ENDPOINT',
      file: 'azure.endpoint',
      about:
        'The resource of the provider "azure", such as https://mine.openai.azure.com; the provider exists when it is set.',
    },
    url('http:', 'https:'),
  )
  readonly azureEndpoint?: string;

  @Setting(
    {
      env: 'AZURE_OPENAI_API_KEY',
      file: 'azure.api_key',
      about: 'The key of the provider "azure".',
      secret: true,
    },
    key,
  )
  readonly azureApiKey?: string;

  @Setting(
    {
      env: 'OPENAI_API_VERSION',
      file: 'azure.api_version',
      about:
        'The version of the API that the provider "azure" is asked with; unset, the one that has no versions.',
    },
    text(apiVersion.allowed, apiVersion.pattern),
  )
  readonly azureApiVersion?: string;

  @Setting(
    {
      env: 'PULLCORD_SCRIPTED_PACE_MS',
      file: 'scripted.pace_ms',
      about: 'The time between two chunks of the built-in scripted model.',
    },
    wholeNumber(0, 60_000),
  )
  readonly scriptedPaceMs: number = 30;
}
