/** A place in a template that a value is put into. */
export interface Variable {
  readonly name: string;
  /** What stands there where no value is given; without it, one must be. */
  readonly default?: string;
}

export const variableName = /^[A-Za-z_]\w{0,63}$/;

/** The longest text that a template may become, in UTF-16 units. */
export const maxExpanded = 1_000_000;

/** `{{name}}`; a backslash before it says that it is meant as it stands. */
const placeholder = /(\\?)\{\{\s*([A-Za-z_]\w{0,63})\s*\}\}/g;

/** The names that stand in a template and are not among the variables, each once. Pure. */
export function undeclared(content: string, variables: readonly Variable[]): readonly string[] {
  const known = new Set(variables.map(({ name }) => name));
  const named = [...content.matchAll(placeholder)].filter(([, escape]) => escape === '');
  return [...new Set(named.map(([, , name = '']) => name))].filter((name) => !known.has(name));
}

export type Expanded =
  | { readonly type: 'text'; readonly text: string }
  /** Variables without a value. */
  | { readonly type: 'missing'; readonly names: readonly string[] }
  | { readonly type: 'too_long' };

/**
 * A template with its values in it. In one pass: a value is data, and no template, whatever it looks like. Values of
 * variables that there are not are left out. Pure.
 */
export function expand(
  content: string,
  variables: readonly Variable[],
  values: Readonly<Record<string, string>>,
): Expanded {
  const filled = new Map<string, string>();
  const names: string[] = [];
  for (const { name, default: otherwise } of variables) {
    const value = Object.hasOwn(values, name) ? values[name] : otherwise;
    if (value === undefined) names.push(name);
    else filled.set(name, value);
  }
  if (names.length > 0) return { type: 'missing', names };
  let length = content.length;
  for (const [found, escape, name = ''] of content.matchAll(placeholder))
    if (escape === '') length += (filled.get(name)?.length ?? found.length) - found.length;
  if (length > maxExpanded) return { type: 'too_long' };
  const text = content.replace(placeholder, (found: string, escape: string, name: string) =>
    escape === '' ? (filled.get(name) ?? found) : found.slice(1),
  );
  return { type: 'text', text };
}
