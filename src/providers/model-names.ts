import type { ListedModel, ModelProvider } from './model-provider.js';

type Taking = Pick<ModelProvider, 'models' | 'takesAnyName'>;

/** The names of a provider's models, with those that its server lists where it takes any. Pure. */
export const namesOf = (
  { models, takesAnyName }: Taking,
  listed: readonly ListedModel[] | undefined,
): readonly string[] =>
  takesAnyName ? [...new Set([...models, ...(listed ?? []).map(({ name }) => name)])] : models;

/** Whether there is a model of this name, as far as anybody knows: a server that lists nothing may have any. Pure. */
export const isListed = (
  name: string,
  provider: Taking,
  listed: readonly ListedModel[] | undefined,
): boolean =>
  namesOf(provider, listed).includes(name) ||
  (provider.takesAnyName && (listed === undefined || listed.length === 0));
