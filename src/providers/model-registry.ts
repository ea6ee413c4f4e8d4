import type { OnApplicationShutdown } from '@nestjs/common';
import type { ModelFacts } from '../config/model-table.js';
import { providersOf } from '../config/providers-of.js';
import type { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';
import { StartRefused } from '../kernel/start-refused.js';
import { callLimitsOf } from './call-limits.js';
import type { Candidate, ResolvedModel } from './candidate.js';
import { unknownModel } from './model-facts.js';
import type { FoundModel } from './model-ids.js';
import type { ModelProvider } from './model-provider.js';
import { ModelLists } from './model-lists.js';
import { ModelRoutes } from './model-routes.js';
import { ProviderGuard } from './provider-guard.js';
import { withDefaults } from './with-defaults.js';
import { withFallbacks } from './with-fallbacks.js';

export type { Candidate, ResolvedModel } from './candidate.js';

export interface ModelListing {
  readonly id: string;
  readonly provider: string;
}

/** The models of this deployment. Every call to a model that it gives out is guarded: see ProviderGuard. */
export class ModelRegistry implements OnApplicationShutdown {
  /** The id that stands for no id. */
  readonly defaultModel: string;
  /** What the providers' servers list. */
  readonly lists: ModelLists;
  private readonly routes: ModelRoutes;
  private readonly guards: ReadonlyMap<string, ProviderGuard>;

  /**
   * The first model of the first provider that was set up is the default. Throws StartRefused when one that the settings
   * name does not exist.
   */
  constructor(
    private readonly settings: Settings,
    readonly providers: readonly ModelProvider[],
  ) {
    this.lists = new ModelLists({
      ttlMs: settings.modelListTtlMs,
      timeoutMs: settings.modelListTimeoutMs,
      maxModels: settings.modelListMax,
    });
    this.routes = new ModelRoutes(providers, settings);
    this.guards = new Map(providers.map(({ name }) => [name, guardOf(name, settings)]));
    const usual = providers.find(({ name, models }) => name !== builtin && models.length > 0) ?? providers[0];
    const wanted = settings.defaultModel ?? `${usual?.name}/${usual?.models[0]}`;
    this.defaultModel = idOf(this.require('PULLCORD_DEFAULT_MODEL', wanted));
    if (settings.titleModel !== undefined) this.require('PULLCORD_TITLE_MODEL', settings.titleModel);
    if (settings.compressionModel !== undefined)
      this.require('PULLCORD_COMPRESSION_MODEL', settings.compressionModel);
    for (const { setting, id } of this.routes.named) this.require(setting, id);
  }

  private require(setting: string, wanted: string): FoundModel {
    const found = this.routes.find(wanted);
    if (!found) throw new StartRefused(`${setting} is "${wanted}", but there is only ${this.known()}.`);
    return found;
  }

  /**
   * The model of this id, or the default one. While it fails before its first part the fallbacks that are set answer in
   * its place, and a `route` part says so first. Throws `unknown_model`, with the ids that there are.
   */
  resolve(modelId: string | undefined): ResolvedModel {
    const [first, ...fallbacks] = this.candidates(modelId);
    if (fallbacks.length === 0) return first;
    return { ...first, model: withFallbacks([first, ...fallbacks]) };
  }

  /**
   * The model of this id, or the default one, and after it the fallbacks that are set, each guarded by itself: for whoever
   * goes from one to the next on their own (isSkippable says when). Throws `unknown_model`.
   */
  candidates(modelId: string | undefined): readonly [Candidate, ...Candidate[]] {
    const [first, ...fallbacks] = this.routes.chain(modelId ?? this.defaultModel);
    if (!first) throw this.unknown();
    return [this.candidate(first), ...fallbacks.map((found) => this.candidate(found))];
  }

  /** What an id means, without calling it anything; undefined for one that means nothing. */
  find(id: string): FoundModel | undefined {
    return this.routes.find(id);
  }

  private candidate(found: FoundModel): Candidate {
    const { provider, name } = found;
    const guard = this.guards.get(provider.name);
    if (!guard) throw new Error(`The provider ${provider.name} has no guard.`);
    const facts = this.factsOf(found);
    const model = withDefaults(provider.model(name), provider, facts);
    return {
      id: model.id,
      provider: provider.name,
      name,
      facts,
      model: guard.model(model),
      relay: (target) => {
        const relay = provider.relay(name, target);
        return relay && guard.relay(relay, { model: model.id, target });
      },
    };
  }

  private unknown(): DomainError {
    const models = this.list().map(({ id }) => id);
    return new DomainError('unknown_model', `There is no such model, only ${this.known()}.`, { models });
  }

  /** The models that are known by name; a provider whose server may have others is listed with `*` too. */
  list(): readonly ModelListing[] {
    return this.providers.flatMap(({ name: provider, models, takesAnyName }) =>
      [...models, ...(takesAnyName ? ['*'] : [])].map((name) => ({ id: `${provider}/${name}`, provider })),
    );
  }

  /** The models that are known by name and can do what is wanted, by their ids, in the order of `list`. */
  listOf(isWanted: (facts: ModelFacts) => boolean): readonly string[] {
    return this.providers.flatMap((provider) =>
      provider.models
        .filter((name) => isWanted(this.factsOf({ provider, name })))
        .map((name) => `${provider.name}/${name}`),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.lists.close();
    this.guards.forEach((guard) => guard.close());
    await Promise.all(this.providers.map((provider) => provider.close()));
  }

  /**
   * What the settings say of a model goes before what its server says, and that before what is known by the name; the
   * tokens that are set bound the rest.
   */
  factsOf({ provider, name }: FoundModel): ModelFacts {
    const listed = this.lists.known(provider.name)?.find((model) => model.name === name)?.facts;
    const known = provider.factsOf(name);
    const { modelContextTokens: mostTokens, models } = this.settings;
    const own = listed?.context_window ?? known?.context_window;
    const facts = {
      ...(known ?? unknownModel),
      ...listed,
      context_window:
        own === undefined
          ? (mostTokens ?? unknownModel.context_window)
          : Math.min(own, mostTokens ?? Infinity),
      ...models[`${provider.name}/${name}`],
    };
    return { ...facts, max_output_tokens: Math.min(facts.max_output_tokens, facts.context_window) };
  }

  private known(): string {
    return this.list()
      .map(({ id }) => id)
      .join(', ');
  }
}

/** The provider that is there without being set up. */
const builtin = 'scripted';

const idOf = ({ provider, name }: FoundModel): string => `${provider.name}/${name}`;

function guardOf(name: string, settings: Settings): ProviderGuard {
  const provider = providersOf(settings)[name];
  // A script that fails was told to; it does not get better by being left alone.
  const isScripted = provider === undefined || provider.type === 'scripted';
  return new ProviderGuard(name, callLimitsOf(provider ?? {}, settings), {
    failures: isScripted ? 0 : settings.breakerFailures,
    resetMs: settings.breakerResetMs,
  });
}
