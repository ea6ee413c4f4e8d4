import type { OnApplicationShutdown } from '@nestjs/common';
import type { ModelFacts } from '../config/model-table.js';
import type { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';
import { StartRefused } from '../kernel/start-refused.js';
import type { LanguageModel } from './language-model.js';
import { unknownModel } from './model-facts.js';
import { findModel, type FoundModel } from './model-ids.js';
import type { ModelProvider } from './model-provider.js';
import { withTimeLimits } from './time-limits.js';

export interface ResolvedModel {
  /** With its provider, however it was asked for. */
  readonly id: string;
  readonly model: LanguageModel;
  readonly facts: ModelFacts;
}

export interface ModelListing {
  readonly id: string;
  readonly provider: string;
}

/** The models of this deployment. Every model that it gives out keeps the time limits that are set. */
export class ModelRegistry implements OnApplicationShutdown {
  /** The id that stands for no id. */
  readonly defaultModel: string;

  /** The last provider's first model is the default. Throws StartRefused when one that is set does not exist. */
  constructor(
    private readonly settings: Settings,
    private readonly providers: readonly ModelProvider[],
  ) {
    const last = providers.at(-1);
    const wanted = settings.defaultModel ?? `${last?.name}/${last?.models[0]}`;
    const found = this.require('PULLCORD_DEFAULT_MODEL', wanted);
    this.defaultModel = `${found.provider.name}/${found.name}`;
    if (settings.titleModel !== undefined) this.require('PULLCORD_TITLE_MODEL', settings.titleModel);
  }

  private require(setting: string, wanted: string): FoundModel {
    const found = findModel(this.providers, wanted);
    if (!found) throw new StartRefused(`${setting} is "${wanted}", but there is only ${this.known()}.`);
    return found;
  }

  /** The model of this id, or the default one. Throws `unknown_model`, with the ids that there are. */
  resolve(modelId: string | undefined): ResolvedModel {
    const found = findModel(this.providers, modelId ?? this.defaultModel);
    if (!found) {
      const models = this.list().map(({ id }) => id);
      throw new DomainError('unknown_model', `There is no such model, only ${this.known()}.`, {
        models,
      });
    }
    const limits = {
      firstChunkMs: this.settings.modelFirstChunkTimeoutMs,
      idleMs: this.settings.modelIdleTimeoutMs,
    };
    const model = withTimeLimits(found.provider.model(found.name), limits);
    return { id: model.id, model, facts: this.factsOf(found) };
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
    await Promise.all(this.providers.map((provider) => provider.close()));
  }

  /** What the settings say of a model goes before what is known of it; the tokens that are set bound the rest. */
  private factsOf({ provider, name }: FoundModel): ModelFacts {
    const known = provider.factsOf(name);
    const { modelContextTokens: mostTokens, models } = this.settings;
    const window = known
      ? Math.min(known.context_window, mostTokens ?? Infinity)
      : (mostTokens ?? unknownModel.context_window);
    const facts = {
      ...(known ?? unknownModel),
      context_window: window,
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
