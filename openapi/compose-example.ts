import { isObject, listOf, objectOr, type Json, type JsonObject } from './json.js';

export interface Composer {
  /** `components.schemas` of the document. */
  readonly schemas: JsonObject;
  /** Puts right what the fields' own examples make of a component, when they are put together. */
  readonly refine: (component: string, example: JsonObject) => JsonObject;
}

/**
 * A value that the schema allows, made of the examples that its fields give. Required fields and those with an example
 * are in it. Throws when a required field has nothing to show.
 */
export function composeExample(composer: Composer, schema: JsonObject, path = ''): Json {
  const { examples, $ref, oneOf, anyOf, items, enum: values } = schema;
  const own = listOf(examples)[0];
  if (own !== undefined) return own;
  if (typeof $ref === 'string') return composeComponent(composer, nameOf($ref));
  const first = listOf(oneOf ?? anyOf)[0];
  if (isObject(first)) return composeExample(composer, first, path);
  const types = [schema.type].flat();
  if (types.includes('array')) return [composeExample(composer, objectOr(items), `${path}[]`)];
  if (types.includes('null')) return null;
  if (types.includes('boolean')) return false;
  if (types.includes('object')) return composeObject(composer, schema, path);
  const [value] = listOf(values);
  if (value === undefined) throw new Error(`${path} has no example to show.`);
  return value;
}

/** An example for each alternative of a union, by its tag or else by its name; undefined for what is no union. */
export function composeAlternatives(composer: Composer, schema: JsonObject): JsonObject | undefined {
  const { $ref } = schema;
  const union = typeof $ref === 'string' ? objectOr(composer.schemas[nameOf($ref)]) : schema;
  if (!union.oneOf) return undefined;
  const { propertyName: tag, mapping } = objectOr(union.discriminator);
  const tags = Object.entries(objectOr(mapping));
  const tagOf = (ref: Json | undefined): string | undefined => tags.find(([, to]) => to === ref)?.[0];
  const tagFirst = (example: JsonObject): JsonObject => {
    const value = example[String(tag)];
    return value === undefined ? example : { [String(tag)]: value, ...example };
  };
  return Object.fromEntries(
    listOf(union.oneOf).map((one) => {
      const { $ref: ref } = objectOr(one);
      return [
        tagOf(ref) ?? nameOf(String(ref)),
        { value: tagFirst(objectOr(composeExample(composer, objectOr(one)))) },
      ];
    }),
  );
}

export const nameOf = (ref: string): string => ref.replace('#/components/schemas/', '');

function composeComponent(composer: Composer, name: string): Json {
  const example = composeExample(composer, objectOr(composer.schemas[name]), name);
  return isObject(example) ? composer.refine(name, example) : example;
}

function composeObject(composer: Composer, schema: JsonObject, path: string): JsonObject {
  const required = listOf(schema.required);
  return Object.fromEntries(
    Object.entries(objectOr(schema.properties))
      .filter(([name, field]) => required.includes(name) || objectOr(field).examples !== undefined)
      .map(([name, field]) => [name, composeExample(composer, objectOr(field), `${path}.${name}`)]),
  );
}
