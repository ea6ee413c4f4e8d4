/** By what a search can be narrowed down, apart from its words and its time. */
export interface Tagged {
  readonly owner?: string;
  readonly context_id?: string;
  readonly role?: string;
  readonly kind?: string;
  readonly model?: string | null;
}

const letters = { owner: 'o', context_id: 'c', role: 'r', kind: 'k', model: 'm' } as const;
/** Far longer than any name. */
const longest = 200;

/** A word of the index for each of them, in letters and digits that say exactly what it is. Pure. */
export const tagsOf = (facts: Tagged): string[] =>
  (Object.keys(letters) as (keyof typeof letters)[]).flatMap((name) => {
    const fact = facts[name];
    return typeof fact === 'string'
      ? [letters[name] + Buffer.from(fact.slice(0, longest)).toString('hex')]
      : [];
  });
