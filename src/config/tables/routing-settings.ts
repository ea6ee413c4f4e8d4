import { flag, longest, wholeNumber } from '../kinds.js';
import { aliasTable, fallbackTable, type AliasTable, type FallbackTable } from '../model-routes.js';
import { Setting } from '../setting.js';

/** How calls find their way to a model that can take them. */
export class RoutingSettings {
  @Setting(
    {
      env: 'PULLCORD_MODEL_ALIASES',
      file: 'model.aliases',
      about: 'Other names of models; one that ends in * stands for all that begin so.',
    },
    aliasTable,
  )
  readonly modelAliases: AliasTable = {};

  @Setting(
    {
      env: 'PULLCORD_SHOW_ALIASES',
      file: 'model.show_aliases',
      about: 'Whether the list of models has the aliases too, but for those with a *.',
    },
    flag,
  )
  readonly showAliases: boolean = false;

  @Setting(
    {
      env: 'PULLCORD_MODEL_FALLBACKS',
      file: 'model.fallbacks',
      about: 'Which models answer, one after the other, when one fails before its first chunk.',
    },
    fallbackTable,
  )
  readonly modelFallbacks: FallbackTable = {};

  @Setting(
    {
      env: 'PULLCORD_MODEL_MAX_CONCURRENT',
      file: 'model.max_concurrent',
      about: 'Calls to one provider that are under way at once; more wait for their turn.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly modelMaxConcurrent: number = 1_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_MAX_WAITING',
      file: 'model.max_waiting',
      about: 'Calls that may wait for one provider; past it they fail at once.',
    },
    wholeNumber(0, 1_000_000),
  )
  readonly modelMaxWaiting: number = 1_000;

  @Setting(
    {
      env: 'PULLCORD_BREAKER_FAILURES',
      file: 'model.breaker_failures',
      about:
        'Failures in a row before its first chunk after which a provider is left alone for a while; 0 for never.',
    },
    wholeNumber(0, 1_000_000),
  )
  readonly breakerFailures: number = 5;

  @Setting(
    {
      env: 'PULLCORD_BREAKER_RESET_MS',
      file: 'model.breaker_reset_ms',
      about: 'How long such a provider is left alone before one call may try it.',
    },
    wholeNumber(1, longest),
  )
  readonly breakerResetMs: number = 15_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_LIST_TTL_MS',
      file: 'model.list_ttl_ms',
      about: 'How long the list of models that a provider gave is good for.',
    },
    wholeNumber(0, longest),
  )
  readonly modelListTtlMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_LIST_TIMEOUT_MS',
      file: 'model.list_timeout_ms',
      about: 'How long a provider may take over its list of models.',
    },
    wholeNumber(1, longest),
  )
  readonly modelListTimeoutMs: number = 5_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_LIST_MAX',
      file: 'model.list_max',
      about: 'The most models of one provider that are listed; what it lists after them is left out.',
    },
    wholeNumber(1, 100_000),
  )
  readonly modelListMax: number = 2_000;
}
