import type { ModelFacts } from '../config/model-table.js';
import type { Settings } from '../config/settings.js';
import type { FoundModel } from './model-ids.js';
import { isListed, namesOf } from './model-names.js';
import type { ModelRegistry } from './model-registry.js';

/** What there is to know of a model before one asks it anything. */
export interface ModelCard {
  /** With its provider; of an alias that is shown, the alias. */
  readonly id: string;
  readonly provider: string;
  /** The id that an alias stands for. */
  readonly alias_of?: string;
  /** Seconds since 1970; zero where nobody says. */
  readonly created: number;
  /** The provider's name where nobody says. */
  readonly owned_by: string;
  readonly display_name: string;
  readonly facts: ModelFacts;
}

/** All models by name: those of the settings, and those that the providers' servers list. */
export class ModelCatalog {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly settings: Pick<Settings, 'modelAliases' | 'showAliases'>,
  ) {}

  /** In the order of the providers; the aliases first, where they are shown. Waits a little for lists that there never were. */
  async all(): Promise<readonly ModelCard[]> {
    const { providers, lists } = this.registry;
    await lists.refresh(providers);
    const cards = providers.flatMap((provider) =>
      namesOf(provider, lists.known(provider.name)).map((name) => this.cardOf({ provider, name })),
    );
    return [...this.aliases(), ...cards];
  }

  /** The model that an id means, an alias or a bare name too; undefined where there is none, as far as its server says. */
  async find(id: string): Promise<ModelCard | undefined> {
    const found = this.registry.find(id);
    if (!found) return undefined;
    const { provider, name } = found;
    await this.registry.lists.refresh([provider]);
    const listed = this.registry.lists.known(provider.name);
    return isListed(name, provider, listed) ? this.cardOf(found) : undefined;
  }

  private aliases(): readonly ModelCard[] {
    if (!this.settings.showAliases) return [];
    return Object.keys(this.settings.modelAliases).flatMap((id) => {
      const found = id.endsWith('*') ? undefined : this.registry.find(id);
      if (!found) return [];
      const card = this.cardOf(found);
      return [{ ...card, id, alias_of: card.id }];
    });
  }

  private cardOf(found: FoundModel): ModelCard {
    const { provider, name } = found;
    const listed = this.registry.lists.known(provider.name)?.find((model) => model.name === name);
    return {
      id: `${provider.name}/${name}`,
      provider: provider.name,
      created: listed?.created ?? 0,
      owned_by: listed?.owned_by ?? provider.name,
      display_name: listed?.display_name ?? name,
      facts: this.registry.factsOf(found),
    };
  }
}
