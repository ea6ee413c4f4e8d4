import type { SchemaObject } from '@nestjs/swagger';
import { isId } from '../../kernel/ids.js';
import { Field, type FieldFacts, type FieldType } from './field.js';
import { sampleId, samples } from './samples.js';

/** A type that is a single JSON value. */
export type ScalarType = FieldType<SchemaObject & { type: string }>;

export interface TextFacts extends FieldFacts {
  /** The most characters (Unicode code points, as JSON Schema counts them). Every text has a maximum. */
  readonly max: number;
  readonly min?: number;
  readonly pattern?: RegExp;
  /** What to say of a text that `pattern` refuses; without it the pattern itself is shown. */
  readonly says?: string;
  readonly format?: string;
  /** A rule that no pattern can state; answers a sentence about a text that breaks it. */
  readonly check?: (text: string) => string | undefined;
}

export interface NumberFacts extends FieldFacts {
  readonly min?: number;
  readonly max?: number;
}

export interface ChoiceFacts extends FieldFacts {
  readonly values: readonly string[];
}

/** A text. */
export const Text = (facts: TextFacts): PropertyDecorator => Field(facts, textType(facts));

/** A whole number, as a JSON number. */
export const Int = (facts: NumberFacts): PropertyDecorator => Field(facts, numberType(facts, 'integer'));

/** A number, as a JSON number. */
export const Num = (facts: NumberFacts): PropertyDecorator => Field(facts, numberType(facts, 'number'));

/** True or false. */
export const Flag = (facts: FieldFacts): PropertyDecorator =>
  Field(facts, {
    schema: { type: 'boolean' },
    problem: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  });

/** One of a few words. */
export const Choice = (facts: ChoiceFacts): PropertyDecorator => Field(facts, choiceType(facts.values));

/** An id that this service gave out: a UUID in lower-case text. */
export const Id =
  (facts: FieldFacts): PropertyDecorator =>
  (target, property) =>
    Field({ example: sampleId(property), ...facts }, idType)(target, property);

/** A time, RFC 3339. Another offset than UTC is accepted; what is kept is UTC with milliseconds. */
export const Timestamp = (facts: FieldFacts): PropertyDecorator =>
  Field(
    { example: samples.time, ...facts },
    {
      schema: { type: 'string', format: 'date-time' },
      build: (value) => (isTimestamp(value) ? new Date(value).toISOString() : value),
      problem: (value) => (isTimestamp(value) ? undefined : `must be a time such as ${samples.time}`),
    },
  );

export function textType({
  min = 0,
  max,
  pattern,
  says,
  format,
  check,
}: Omit<TextFacts, 'about'>): ScalarType {
  const problem = (value: unknown): string | undefined => {
    if (typeof value !== 'string') return 'must be text';
    if (isShorter(value, min))
      return min === 1 ? 'must not be empty' : `must have at least ${min} characters`;
    if (!isShorter(value, max + 1)) return `must have at most ${max} characters`;
    if (pattern && !pattern.test(value)) return says ?? `must match ${pattern.source}`;
    return check?.(value);
  };
  const schema = {
    ...(min > 0 && { minLength: min }),
    maxLength: max,
    ...(pattern && { pattern: pattern.source }),
  };
  return { problem, schema: { type: 'string', ...schema, ...(format && { format }) } };
}

export function choiceType(values: readonly string[]): ScalarType {
  const problem = (value: unknown): string | undefined => {
    if (typeof value === 'string' && values.includes(value)) return undefined;
    return values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;
  };
  return { schema: { type: 'string', enum: [...values] }, problem };
}

export const idType: ScalarType = {
  schema: { type: 'string', format: 'uuid' },
  problem: (value) => (isId(value) ? undefined : 'must be an id: a UUID in lower-case text'),
};

function numberType({ min, max }: NumberFacts, type: 'integer' | 'number'): FieldType {
  const isRight = type === 'integer' ? Number.isSafeInteger : Number.isFinite;
  const noun = type === 'integer' ? 'a whole number' : 'a number';
  const problem = (value: unknown): string | undefined => {
    if (typeof value !== 'number' || !isRight(value)) return `must be ${noun}`;
    if (min !== undefined && value < min) return `must be ${noun} of at least ${min}`;
    return max !== undefined && value > max ? `must be ${noun} of at most ${max}` : undefined;
  };
  return {
    schema: { type, ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) },
    problem,
  };
}

/** Counts code points, but only of a text whose length in UTF-16 units leaves the answer open. */
function isShorter(text: string, limit: number): boolean {
  if (text.length < limit) return true;
  if (text.length >= limit * 2) return false;
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters < limit;
}

const timestampPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

function isTimestamp(value: unknown): value is string {
  if (typeof value !== 'string' || !timestampPattern.test(value)) return false;
  // Date takes the 30th of February for the 2nd of March; a calendar does not.
  const day = value.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return false;
  return !Number.isNaN(Date.parse(value));
}
