import type { ModelProvider } from './model-provider.js';

export interface FoundModel {
  readonly provider: ModelProvider;
  /** The name within the provider. */
  readonly name: string;
}

/**
 * What a model id means: `provider/model`, parted at the first slash, or a bare name, which is looked up among
 * the names that the providers are known to have and then given to the provider that takes any, if there is
 * exactly one. Undefined for an id that means nothing here. Pure.
 */
export function findModel(providers: readonly ModelProvider[], id: string): FoundModel | undefined {
  const slash = id.indexOf('/');
  if (slash === -1) return isName(id) ? findBareName(providers, id) : undefined;
  const [prefix, name] = [id.slice(0, slash), id.slice(slash + 1)];
  const provider = providers.find((candidate) => candidate.name === prefix);
  return provider && isName(name) && has(provider, name) ? { provider, name } : undefined;
}

function findBareName(providers: readonly ModelProvider[], name: string): FoundModel | undefined {
  const knowing = providers.find(({ models }) => models.includes(name));
  if (knowing) return { provider: knowing, name };
  const [taking, ...others] = providers.filter(({ takesAnyName }) => takesAnyName);
  return taking && others.length === 0 ? { provider: taking, name } : undefined;
}

const has = (provider: ModelProvider, name: string): boolean =>
  provider.takesAnyName || provider.models.includes(name);

const isName = (name: string): boolean => /^[\x21-\x7e]{1,200}$/.test(name);
