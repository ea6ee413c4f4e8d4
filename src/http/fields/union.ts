import { documented, type PathOf } from '../documented.js';
import type { Class } from './field.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** The classes that a value may be of, and which of them it is. */
interface Variants {
  readonly classes: readonly Class[];
  /** The class of a value; undefined when it fits none. */
  readonly pick: (value: JsonObject) => Class | undefined;
  /** What to say of a value that fits none. */
  readonly otherwise: string;
}

const variantsOf = new WeakMap<Class, Variants>();

/** A component of the OpenAPI document that is one of several classes: for Nested, NestedList and answers. */
export function unionOf(name: string, variants: Variants, about?: string): Class {
  return component(name, variants, () => ({ ...(about && { description: about }) }));
}

/**
 * A union whose `field` says which class a value is of, shown with its discriminator. A value with another text
 * there is of the class `rest`, or is refused when there is none.
 */
export function taggedUnion(
  name: string,
  field: string,
  tagged: Readonly<Record<string, Class>>,
  { rest, about }: { readonly rest?: Class; readonly about?: string } = {},
): Class {
  const pick = (value: JsonObject): Class | undefined => {
    const tag = value[field];
    return typeof tag === 'string' && Object.hasOwn(tagged, tag) ? tagged[tag] : rest;
  };
  const classes = [...Object.values(tagged), ...(rest ? [rest] : [])];
  const otherwise = `must have a ${field} of ${Object.keys(tagged).join(', ')}`;
  const mapping = (pathOf: PathOf): Record<string, string> =>
    Object.fromEntries(Object.entries(tagged).map(([tag, type]) => [tag, pathOf(type)]));
  return component(name, { classes, pick, otherwise }, (pathOf) => ({
    ...(about && { description: about }),
    discriminator: { propertyName: field, mapping: mapping(pathOf) },
  }));
}

/** How to tell the class of a value that is declared as `type`: a union of classes, or simply itself. */
export const variants = (type: Class): Variants =>
  variantsOf.get(type) ?? { classes: [type], pick: () => type, otherwise: 'must be an object' };

function component(name: string, variants: Variants, facts: (pathOf: PathOf) => object): Class {
  // A computed key is what gives a class made here the name that @nestjs/swagger shows.
  const type = { [name]: class {} }[name] as Class;
  documented(({ ApiSchema, getSchemaPath }) => {
    const oneOf = variants.classes.map((variant) => ({ $ref: getSchemaPath(variant) }));
    // ApiSchema's type knows fewer facts than it passes on; `properties` would show an empty object otherwise.
    const schema = { name, type: undefined, properties: undefined, oneOf, ...facts(getSchemaPath) };
    return ApiSchema(schema);
  })(type);
  documented(({ ApiExtraModels }) => ApiExtraModels(...variants.classes))(type);
  variantsOf.set(type, variants);
  return type;
}
