import { ValidateIf, ValidateNested } from 'class-validator';
import {
  Field,
  type Build,
  type Class,
  type FieldContext,
  type FieldFacts,
  type FieldType,
} from './field.js';
import { isJsonObject } from './hydrate.js';
import { listProblem, listSchema, type ListFacts } from './lists.js';
import { variants } from './union.js';

/** An object with fields of its own; `type` may be a union. */
export const Nested = (type: () => Class, facts: FieldFacts): PropertyDecorator =>
  validated(facts, { schema: { type: () => type() }, build: buildOne(type), problem: problemOfOne(type) });

/** A list of objects with fields of their own. */
export function NestedList(type: () => Class, facts: ListFacts): PropertyDecorator {
  const build = buildOne(type);
  const problem = problemOfOne(type);
  return validated(facts, {
    schema: { type: () => type(), isArray: true, ...listSchema(facts) },
    build: (value, make) => {
      if (listProblem(value, facts) !== undefined || !Array.isArray(value)) return value;
      return value.map((item: unknown, index) =>
        build(item, (into, from) => make(into, from, String(index))),
      );
    },
    problem: (value) => {
      const wrong = listProblem(value, facts);
      if (wrong !== undefined || !Array.isArray(value)) return wrong;
      const index = value.findIndex((item) => problem(item) !== undefined);
      return index < 0 ? undefined : `item ${index} ${problem(value[index])}`;
    },
  });
}

const buildOne =
  (type: () => Class): Build =>
  (value, make) => {
    const into = isJsonObject(value) ? variants(type()).pick(value) : undefined;
    return into && isJsonObject(value) ? make(into, value) : value;
  };

const problemOfOne =
  (type: () => Class) =>
  (value: unknown): string | undefined => {
    if (!isJsonObject(value)) return 'must be an object';
    const { classes, otherwise } = variants(type());
    // Only what hydrate made has rules; anything else would pass class-validator unseen.
    return classes.some((known) => value instanceof known) ? undefined : otherwise;
  };

function validated(facts: FieldFacts, type: FieldType): PropertyDecorator {
  const declare = Field(facts, type);
  const descend = ValidateNested({ context: { isNested: true } satisfies FieldContext });
  return (target, property) => {
    declare(target, property);
    descend(target, property);
    // ValidateNested has no notion of a null that is allowed.
    if (facts.nullable) ValidateIf((_, value) => value !== null)(target, property);
  };
}
