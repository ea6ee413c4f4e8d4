import { mapping, objectFrom, quote, Wrong } from './mapping.js';

/**
 * Other names of models. A name that ends in `*` stands for all that begin so, and a `*` at the end of what it means for
 * the rest of the name.
 */
export type AliasTable = Readonly<Record<string, string>>;

/** By the ids of models, or beginnings of ids with `*`: which models answer when those do not, in this order. */
export type FallbackTable = Readonly<Record<string, readonly string[]>>;

export const aliasTable = mapping<AliasTable>(
  'a mapping of names to model ids, such as {"claude-*": "anthropic/claude-*"}',
  (raw) => Object.fromEntries(rows(raw).map(([name, id]) => [nameOf(name), targetOf(id, name)])),
);

export const fallbackTable = mapping<FallbackTable>(
  'a mapping of model ids to lists of model ids, such as {"openai/gpt-4o": ["azure/gpt-4o"]}',
  (raw) => Object.fromEntries(rows(raw).map(([name, ids]) => [nameOf(name), targetsOf(ids, name)])),
);

const maxRows = 1000;
const maxFallbacks = 10;

function rows(raw: unknown): [string, unknown][] {
  const given = Object.entries(objectFrom(raw));
  if (given.length > maxRows) throw new Wrong(`there are more than ${maxRows} names`);
  return given;
}

/** What a model id may consist of, with a `*` at its end or without. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x29\x2b-\x7e]{0,200}\*?$/.test(value) && value !== '';

function nameOf(name: string): string {
  if (isName(name)) return name;
  throw new Wrong(`${quote(name)} must be a model id, or the beginning of one with a * at its end`);
}

function targetOf(id: unknown, name: string): string {
  if (!isName(id)) throw new Wrong(`${quote(name)} must stand for a model id`);
  if (id.endsWith('*') && !name.endsWith('*'))
    throw new Wrong(`${quote(name)} has no * at its end that the one in ${quote(id)} could stand for`);
  return id;
}

function targetsOf(ids: unknown, name: string): readonly string[] {
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > maxFallbacks)
    throw new Wrong(`${quote(name)} must have a list of 1 to ${maxFallbacks} model ids`);
  return ids.map((id) => targetOf(id, name));
}

/** What a table says of an id: of the id itself, or of its longest beginning that the table has. Pure. */
export function findRoute<Target>(
  table: Readonly<Record<string, Target>>,
  id: string,
): { readonly target: Target; readonly rest: string } | undefined {
  const exact = Object.hasOwn(table, id) && !id.endsWith('*') ? table[id] : undefined;
  if (exact !== undefined) return { target: exact, rest: '' };
  const beginnings = Object.keys(table).filter(
    (name) => name.endsWith('*') && id.startsWith(name.slice(0, -1)),
  );
  const longest = beginnings.sort((one, other) => other.length - one.length)[0];
  const target = longest === undefined ? undefined : table[longest];
  return longest === undefined || target === undefined
    ? undefined
    : { target, rest: id.slice(longest.length - 1) };
}

/** The id that a target means, given the rest of the name that was asked for. Pure. */
export const fillRoute = (target: string, rest: string): string =>
  target.endsWith('*') ? target.slice(0, -1) + rest : target;
