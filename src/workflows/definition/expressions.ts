import { createRequire } from 'node:module';
import type { Environment } from '@marcbachmann/cel-js';
import type { RE2JS } from 're2js';
import { fromCel, toCel } from './map-values.js';

/** What expressions may speak of: `inputs`, `steps`, `vars`, and inside for_each the element by its name and `index`. */
export type Scope = Readonly<Record<string, unknown>>;

/** An expression that does not work, with a sentence for its author. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** The text of one `${{ … }}`; braces inside are CEL's, so it ends at the first `}}` that leaves them balanced. */
const part = /\$\{\{(?<expression>(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{[^{}]*\}|[^}'"{])*)\}\}/g;
const whole = new RegExp(`^\\s*${part.source}\\s*$`);

const limits = { maxAstNodes: 2000, maxDepth: 50, maxListElements: 1000, maxMapEntries: 200 };
const require = createRequire(import.meta.url);
const environments = new Map<string, Environment>();

/** Says what is wrong with an expression, or undefined. `names` are those of the scope. */
export function checkExpression(expression: string, names: readonly string[]): string | undefined {
  if (/\.\s*matches\s*\(/.test(expression))
    return 'matches() is not available; search(text, pattern) is, which cannot hang on a pattern.';
  const { valid, error } = environmentOf(names).check(expression);
  return valid ? undefined : firstLine(error?.message ?? 'It is not valid.');
}

/** The value of an expression as JSON. Throws ExpressionError. */
export function evaluate(expression: string, scope: Scope): unknown {
  let value: unknown;
  try {
    value = environmentOf(Object.keys(scope)).evaluate(expression, toCel(scope) as Record<string, unknown>);
  } catch (error) {
    throw new ExpressionError(`${shorten(expression)}: ${firstLine((error as Error).message)}`);
  }
  const json = fromCel(value);
  if (json === undefined) throw new ExpressionError(`${shorten(expression)} is nothing that JSON can say.`);
  return json;
}

/** The expressions in a value, however deep. */
export function expressionsIn(template: unknown): readonly string[] {
  if (typeof template === 'string')
    return [...template.matchAll(part)].map((match) => match.groups?.['expression']?.trim() ?? '');
  if (Array.isArray(template)) return template.flatMap(expressionsIn);
  if (typeof template === 'object' && template !== null)
    return Object.values(template).flatMap(expressionsIn);
  return [];
}

/** The value with every `${{ … }}` replaced: one that is the whole text keeps its type, others become text in it. */
export function fill(template: unknown, scope: Scope): unknown {
  if (typeof template === 'string') return fillText(template, scope);
  if (Array.isArray(template)) return template.map((inner) => fill(inner, scope));
  if (typeof template === 'object' && template !== null)
    return Object.fromEntries(Object.entries(template).map(([key, inner]) => [key, fill(inner, scope)]));
  return template;
}

/** The same, as text: what is no text itself is written as JSON. */
export const fillToText = (template: string, scope: Scope): string => asText(fillText(template, scope));

function fillText(template: string, scope: Scope): unknown {
  const only = whole.exec(template)?.groups?.['expression'];
  if (only !== undefined) return evaluate(only.trim(), scope);
  return template.replace(part, (_, expression: string) => asText(evaluate(expression.trim(), scope)));
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const firstLine = (message: string): string => message.split('\n', 1)[0] ?? '';
const shorten = (expression: string): string =>
  expression.length > 80 ? `${expression.slice(0, 80)}…` : expression;

/** One environment for each set of names; the library is loaded when the first workflow is. */
function environmentOf(names: readonly string[]): Environment {
  const key = [...names].sort().join();
  const known = environments.get(key);
  if (known) return known;
  const made = makeEnvironment(names);
  environments.set(key, made);
  return made;
}

function makeEnvironment(names: readonly string[]): Environment {
  const cel = require('@marcbachmann/cel-js') as { readonly Environment: typeof Environment };
  const environment = new cel.Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits,
  });
  for (const name of names) environment.registerVariable(name, 'dyn');
  // CEL itself refuses to mix them; people who write YAML do not see the difference between 2 and 2.0.
  for (const [sign, work] of mixed)
    for (const [left, right] of [
      ['int', 'double'],
      ['double', 'int'],
    ])
      environment.registerOperator(`${left} ${sign} ${right}`, (a: number | bigint, b: number | bigint) =>
        work(Number(a), Number(b)),
      );
  environment.registerFunction('json(dyn): string', (value: unknown) => JSON.stringify(fromCel(value)));
  environment.registerFunction('search(string, string): bool', (text: string, pattern: string) => {
    const { RE2JS: re2 } = require('re2js') as { readonly RE2JS: typeof RE2JS };
    return re2.compile(pattern).matcher(text).find();
  });
  return environment;
}

const mixed: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
];
