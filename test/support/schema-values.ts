// Values that a JSON schema of the OpenAPI document allows, and values that are only almost so.
import fc from 'fast-check';

/** As much of JSON Schema as the document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export type Schemas = Readonly<Record<string, Schema>>;

/** Long enough to be odd, short enough for thousands of requests. */
const longest = 60;
const deepest = 5;

/** What is worth trying wherever it fits. */
export interface Hints {
  readonly texts: readonly string[];
  readonly ids: fc.Arbitrary<string>;
}

/** Values that a schema allows. */
export function allowedBy(schema: Schema, schemas: Schemas, hints: Hints, depth = 0): fc.Arbitrary<unknown> {
  const inner = (of: Schema): fc.Arbitrary<unknown> => allowedBy(of, schemas, hints, depth + 1);
  if (depth > deepest) return fc.constant(null);
  if (schema.$ref)
    return allowedBy(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, schemas, hints, depth);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return fc.oneof(...choices.map(inner));
  if (schema.allOf)
    return fc
      .tuple(...schema.allOf.map(inner))
      .map((parts) => Object.assign({}, ...(parts as object[])) as object);
  const types = [schema.type ?? 'any'].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, inner, hints)));
}

function ofType(
  type: string,
  schema: Schema,
  inner: (of: Schema) => fc.Arbitrary<unknown>,
  hints: Hints,
): fc.Arbitrary<unknown> {
  const { minimum: min, maximum: max } = schema;
  switch (type) {
    case 'string':
      return texts(schema, hints);
    case 'integer':
      return fc.oneof(
        fc.integer({ min: min ?? -1000, max: Math.min(max ?? 1000, (min ?? 0) + 1000) }),
        edges(min, max),
      );
    case 'number':
      return fc.oneof(fc.double({ min: min ?? -1e6, max: max ?? 1e6, noNaN: true }), edges(min, max));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, Math.max(4, schema.minItems ?? 0)),
      });
    case 'object':
      return objects(schema, inner);
    default:
      return fc.jsonValue();
  }
}

const edges = (min = 0, max = Number.MAX_SAFE_INTEGER): fc.Arbitrary<number> => fc.constantFrom(min, max);

function texts({ format, pattern, minLength = 0, maxLength = longest }: Schema, hints: Hints) {
  if (format === 'uuid') return fc.oneof({ weight: 4, arbitrary: hints.ids }, fc.uuid());
  if (format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString());
  if (format === 'uri') return fc.webUrl();
  const length = { minLength, maxLength: Math.min(maxLength, Math.max(longest, minLength)) };
  if (pattern === undefined)
    return fc.oneof(fc.string(length), fc.string({ ...length, unit: 'binary' }), ...hintsOf(hints.texts));
  const allowed = new RegExp(pattern, 'u');
  const matching =
    pattern.includes('\\p') || pattern.includes('\\P')
      ? fc.string(length)
      : fc.stringMatching(new RegExp(pattern));
  return fc.oneof(
    matching.filter((text) => allowed.test(text) && text.length >= minLength && text.length <= maxLength),
    ...hintsOf(hints.texts.filter((hint) => allowed.test(hint))),
  );
}

const hintsOf = (texts: readonly string[]): fc.Arbitrary<string>[] =>
  texts.length > 0 ? [fc.constantFrom(...texts)] : [];

function objects(schema: Schema, inner: (of: Schema) => fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const model = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, inner(of)]));
  const known = fc.record(model, { requiredKeys: [...required] });
  if (Object.keys(properties).length > 0 || additionalProperties === false) return known;
  return fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
}

/** What nobody asked for: wrong types, numbers past every limit, text that is none, names that mean something elsewhere. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    ...[
      null,
      -1,
      1e21,
      0.5,
      Number.MAX_SAFE_INTEGER,
      '',
      ' ',
      '\0',
      '\ud83d',
      "'; DROP TABLE contexts; --",
      '../../etc/passwd',
    ],
    ...[
      [],
      {},
      [[]],
      { constructor: { prototype: 1 } },
      'x'.repeat(70_000),
      '${7*7}',
      '<script>',
      '%00',
      'null',
      true,
    ],
  ),
);

/** A value with one thing about it changed: something inside put in place of something else, added, or left out. */
export const spoilt = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, odd, fc.nat(), fc.constantFrom('replace', 'add', 'remove'), fc.string({ maxLength: 8 }))
    .map(([whole, other, seed, how, name]) => spoil(whole, { other, seed, how, name }));

interface Spoiling {
  readonly other: unknown;
  readonly seed: number;
  readonly how: 'replace' | 'add' | 'remove';
  readonly name: string;
}

function spoil(value: unknown, spoiling: Spoiling): unknown {
  const { other, seed, how, name } = spoiling;
  if (typeof value !== 'object' || value === null) return other;
  const entries = Object.entries(value);
  const chosen = entries[seed % Math.max(1, entries.length)];
  if (how === 'add' || !chosen)
    return Array.isArray(value) ? [...(value as unknown[]), other] : { ...value, [name]: other };
  const [key, inside] = chosen;
  const goesDeeper = seed % 3 !== 0 && typeof inside === 'object' && inside !== null;
  const changed = goesDeeper ? spoil(inside, { ...spoiling, seed: Math.floor(seed / 7) }) : other;
  const kept = entries.filter(([other]) => other !== key);
  const made =
    how === 'remove' && !goesDeeper
      ? kept
      : entries.map(([at, was]) => [at, at === key ? changed : was] as const);
  return Array.isArray(value) ? made.map(([, item]) => item) : Object.fromEntries(made);
}
