import type { ApiPropertyOptions, SchemaObject } from '@nestjs/swagger';
import { getMetadataStorage, ValidateBy, type ValidationArguments } from 'class-validator';
import { documented } from '../documented.js';

/** What is said of every field, whatever its type. */
export interface FieldFacts {
  /** What the field means, as the OpenAPI document says it. */
  readonly about: string;
  /** May be absent. `null` is something else, and refused unless `nullable`. */
  readonly optional?: boolean;
  readonly nullable?: boolean;
  /** What the field is when it is absent; it is optional then, and its property always there. */
  readonly default?: string | number | boolean;
  readonly example?: unknown;
  readonly deprecated?: boolean;
}

export type Class<Instance extends object = object> = new () => Instance;

/** Makes an instance of a class from a JSON object found at `path` below the value that is being built. */
export type Make = (type: Class, value: object, ...path: readonly string[]) => unknown;

/** Makes what the class holds from what the request said. Gives back as it is what it cannot make anything of. */
export type Build = (value: unknown, make: Make) => unknown;

export type FieldSchema = Omit<SchemaObject, 'type' | 'required'> & {
  readonly type?: string | (() => Class);
  readonly isArray?: boolean;
};

/** One type of field: how it is shown, what is wrong with a value, and what is made of it before that is asked. */
export interface FieldType<Schema extends FieldSchema = FieldSchema> {
  readonly schema: Schema;
  /** A sentence that goes on from the field's name (`must be text`), or undefined for a good value. */
  readonly problem: (value: unknown) => string | undefined;
  readonly build?: Build;
}

/** Declares a field of a request or answer: validated by class-validator and shown in OpenAPI from the same facts. */
export function Field(facts: FieldFacts, type: FieldType): PropertyDecorator {
  const { about, nullable = false, example, deprecated, default: absent } = facts;
  const optional = facts.optional ?? absent !== undefined;
  const options = {
    description: about,
    required: !optional,
    ...(nullable && { nullable }),
    ...(absent !== undefined && { default: absent }),
    ...(example !== undefined && { example }),
    ...(deprecated && { deprecated }),
    ...type.schema,
  } as ApiPropertyOptions;
  const show = documented(({ ApiProperty }) => ApiProperty(options));
  const problem = (value: unknown): string | undefined => {
    if (value === undefined) return optional ? undefined : 'is required';
    if (value === null && nullable) return undefined;
    if (value === null && type.problem(null) !== undefined) return 'must not be null';
    return type.problem(value);
  };
  const validate = ValidateBy(
    {
      name: 'field',
      validator: {
        validate: (value: unknown) => problem(value) === undefined,
        defaultMessage: (args?: ValidationArguments) => problem(args?.value) ?? '',
      },
    },
    { context: { build: type.build, absent, problem } satisfies FieldContext },
  );
  return (target, property) => {
    show(target, property);
    validate(target, String(property));
  };
}

/** Kept in class-validator's own metadata, so that subclasses and mapped types inherit it with the rules. */
export interface FieldContext {
  readonly build?: Build;
  /** The value of a field that is absent. */
  readonly absent?: unknown;
  readonly problem?: (value: unknown) => string | undefined;
  /** What a Rule says of the object that holds the field. */
  readonly rule?: (owner: object) => string | undefined;
  /** Its value, or each item of it, is an object of a class of fields. */
  readonly isNested?: boolean;
}

const known = new Map<Class, ReadonlyMap<string, FieldContext>>();

/** The names of a class's fields, each with how its value is made and what is asked of it. */
export function fieldsOf(type: Class): ReadonlyMap<string, FieldContext> {
  const found = known.get(type);
  if (found) return found;
  const fields = new Map<string, FieldContext>();
  // A field has several rules, each of which says something of it.
  for (const { propertyName, context } of getMetadataStorage().getTargetValidationMetadatas(
    type,
    '',
    false,
    false,
  ))
    fields.set(propertyName, joined(fields.get(propertyName), context as FieldContext | undefined));
  known.set(type, fields);
  return fields;
}

function joined(one: FieldContext = {}, other: FieldContext = {}): FieldContext {
  const rules = [one.rule, other.rule].filter((rule) => rule !== undefined);
  const rule = (owner: object): string | undefined => rules.map((ask) => ask(owner)).find(Boolean);
  return { ...one, ...other, ...(rules.length > 0 && { rule }) };
}
