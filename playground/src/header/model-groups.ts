// The models as the picker lists them. Pure.

export interface ModelGroup {
  readonly provider: string;
  readonly ids: readonly string[];
}

/** By provider, in the order in which they come; a model that the context names is there even where nobody lists it. */
export function groupModels(
  models: readonly { readonly id: string; readonly provider: string }[],
  chosen: string | null,
): readonly ModelGroup[] {
  const groups = new Map<string, string[]>();
  for (const { id, provider } of models) groups.set(provider, [...(groups.get(provider) ?? []), id]);
  if (chosen !== null && !models.some(({ id }) => id === chosen)) groups.set('Not listed', [chosen]);
  return [...groups].map(([provider, ids]) => ({ provider, ids }));
}
