import { isObject, listOf, mapValues, objectOr, type Json, type JsonObject } from './json.js';

/**
 * A schema as OpenAPI 3.1 has it: `examples` in place of `example`, and a description beside a `$ref` rather than an
 * `allOf` around it, which 3.0 needed for that.
 */
export function tidySchema(schema: JsonObject): JsonObject {
  const { example, allOf, ...rest } = schema;
  const [only, more] = listOf(allOf);
  const isWrapped = isObject(only) && only.$ref !== undefined && more === undefined;
  return {
    ...(isWrapped ? only : allOf !== undefined && { allOf: tidyPart('allOf', allOf) }),
    ...Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, tidyPart(name, part)])),
    ...(example !== undefined && { examples: [example] }),
  };
}

/** A class without fields, of which there is nothing to show. */
export const isEmptySchema = ({ type, properties, additionalProperties }: JsonObject): boolean =>
  type === 'object' && additionalProperties === undefined && Object.keys(objectOr(properties)).length === 0;

function tidyPart(name: string, part: Json): Json {
  if (name === 'properties' && isObject(part)) return mapValues(part, tidySchema);
  if (['oneOf', 'anyOf', 'allOf'].includes(name))
    return listOf(part).map((schema) => tidySchema(objectOr(schema)));
  if (['items', 'not', 'additionalProperties'].includes(name) && isObject(part)) return tidySchema(part);
  return part;
}
