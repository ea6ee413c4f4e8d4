import { Field, type FieldFacts, type FieldType } from './field.js';
import { sampleId } from './samples.js';
import { idType, textType, type ScalarType, type TextFacts } from './scalars.js';

export interface ListFacts extends FieldFacts {
  readonly maxItems: number;
  readonly minItems?: number;
}

/** A list of texts; `max`, `min`, `pattern` and `check` are about each of them. */
export const TextList = (facts: ListFacts & Omit<TextFacts, 'about'>): PropertyDecorator =>
  Field(facts, listType(facts, textType(facts)));

/** A list of ids. */
export const IdList =
  (facts: ListFacts): PropertyDecorator =>
  (target, property) =>
    Field({ example: [sampleId(property)], ...facts }, listType(facts, idType))(target, property);

/** What is wrong with a list as a list, whatever is in it. */
export function listProblem(value: unknown, { minItems = 0, maxItems }: ListFacts): string | undefined {
  if (!Array.isArray(value)) return 'must be a list';
  if (value.length > maxItems) return `must have at most ${maxItems} items`;
  if (value.length < minItems)
    return minItems === 1 ? 'must not be empty' : `must have at least ${minItems} items`;
  return undefined;
}

export const listSchema = ({ minItems, maxItems }: ListFacts): { minItems?: number; maxItems: number } => ({
  ...(minItems && { minItems }),
  maxItems,
});

function listType(facts: ListFacts, item: ScalarType): FieldType {
  const problem = (value: unknown): string | undefined => {
    const wrong = listProblem(value, facts);
    if (wrong !== undefined || !Array.isArray(value)) return wrong;
    for (const [index, element] of value.entries()) {
      const sentence = item.problem(element);
      if (sentence !== undefined) return `item ${index} ${sentence}`;
    }
    return undefined;
  };
  return { problem, schema: { type: 'array', items: item.schema, ...listSchema(facts) } };
}
