import { Field, type FieldFacts } from './field.js';
import { sampleId } from './samples.js';
import { idType, type NumberFacts } from './scalars.js';

/**
 * Fields of a query, where everything is text. A name that is given twice comes as a list and is refused.
 * Text, Choice, Id and Timestamp serve a query as they are.
 */

/** A whole number in decimal digits; `1e3`, ` 1`, `+1`, `01` and the empty text are none. */
export const QueryInt = (
  facts: NumberFacts & { readonly min: number; readonly max: number },
): PropertyDecorator => {
  const sentence = `must be a whole number from ${facts.min} to ${facts.max}, in digits`;
  return Field(facts, {
    schema: { type: 'integer', minimum: facts.min, maximum: facts.max },
    build: (value) =>
      typeof value === 'string' && /^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value,
    problem: (value) =>
      Number.isSafeInteger(value) && Number(value) >= facts.min && Number(value) <= facts.max
        ? undefined
        : sentence,
  });
};

/** `true` or `false`. */
export const QueryFlag = (facts: FieldFacts): PropertyDecorator =>
  Field(facts, {
    schema: { type: 'boolean' },
    build: (value) => (value === 'true' ? true : value === 'false' ? false : value),
    problem: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  });

/** Words in one text, with commas between them. What is built is a list, in which no word is twice. */
export const QueryChoices =
  (facts: FieldFacts & { readonly values: readonly string[] }): PropertyDecorator =>
  (target, property) =>
    Field(facts, {
      schema: {
        type: 'string',
        pattern: `^(${facts.values.join('|')})(,(${facts.values.join('|')}))*$`,
      },
      build: (value) => (typeof value === 'string' ? value.split(',') : false),
      problem: (value) => choicesProblem(value, facts.values),
    })(target, property);

function choicesProblem(value: unknown, values: readonly string[]): string | undefined {
  const sentence = `must be some of ${values.join(', ')}, each at most once, with commas between them`;
  const isRight =
    Array.isArray(value) &&
    value.every((word) => values.includes(word as string)) &&
    new Set(value).size === value.length;
  return isRight ? undefined : sentence;
}

/** Ids in one text, with commas between them. What is built is a list. */
export const QueryIds =
  (facts: FieldFacts & { readonly maxItems: number }): PropertyDecorator =>
  (target, property) =>
    Field(
      { example: sampleId(property), ...facts },
      {
        schema: { type: 'string', pattern: idsPattern },
        // A repeated name comes as a list too: it must not be taken for one that was built.
        build: (value) => (typeof value === 'string' ? value.split(',') : false),
        problem: (value) => idsProblem(value, facts.maxItems),
      },
    )(target, property);

function idsProblem(value: unknown, maxItems: number): string | undefined {
  if (!Array.isArray(value)) return 'must be ids with commas between them';
  if (value.length > maxItems) return `must have at most ${maxItems} ids`;
  const index = value.findIndex((id) => idType.problem(id) !== undefined);
  return index < 0 ? undefined : `item ${index} ${idType.problem(value[index])}`;
}

const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const idsPattern = `^${uuid}(,${uuid})*$`;
