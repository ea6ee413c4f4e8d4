import { fillRoute, findRoute } from '../config/model-routes.js';
import type { Settings } from '../config/settings.js';
import { findModel, type FoundModel } from './model-ids.js';
import type { ModelProvider } from './model-provider.js';

/** An id in the settings, which must mean something. */
export interface NamedModel {
  readonly setting: string;
  readonly id: string;
}

/** What ids of models mean with the aliases and the fallbacks that are set. */
export class ModelRoutes {
  constructor(
    private readonly providers: readonly ModelProvider[],
    private readonly settings: Pick<Settings, 'modelAliases' | 'modelFallbacks'>,
  ) {}

  /** Every id that the two tables name in full. */
  get named(): readonly NamedModel[] {
    const { modelAliases, modelFallbacks } = this.settings;
    const aliases = Object.values(modelAliases).map((id) => ({ setting: 'PULLCORD_MODEL_ALIASES', id }));
    const fallbacks = Object.values(modelFallbacks).flat();
    return [...aliases, ...fallbacks.map((id) => ({ setting: 'PULLCORD_MODEL_FALLBACKS', id }))].filter(
      ({ id }) => !id.endsWith('*'),
    );
  }

  /** What an id means: an alias before anything else, and only once. Undefined for one that means nothing. */
  find(id: string): FoundModel | undefined {
    const route = findRoute(this.settings.modelAliases, id);
    return findModel(this.providers, route ? fillRoute(route.target, route.rest) : id);
  }

  /** What an id means, then its fallbacks; none twice. Fallbacks have no fallbacks of their own. Empty for an id that means nothing. */
  chain(id: string): readonly FoundModel[] {
    const first = this.find(id);
    if (!first) return [];
    const route = findRoute(this.settings.modelFallbacks, idOf(first));
    const others = (route?.target ?? []).map((target) => this.find(fillRoute(target, route?.rest ?? '')));
    const all = [first, ...others.filter((found) => found !== undefined)];
    return [...new Map(all.map((found) => [idOf(found), found])).values()];
  }
}

const idOf = ({ provider, name }: FoundModel): string => `${provider.name}/${name}`;
