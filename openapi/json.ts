/** JSON as JSON.parse gives it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

export const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

export const objectOr = (json: Json | undefined, otherwise: JsonObject = {}): JsonObject =>
  isObject(json) ? json : otherwise;

export const listOf = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : []);

export const mapValues = (object: JsonObject, map: (value: JsonObject, name: string) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(objectOr(value), name)]));
