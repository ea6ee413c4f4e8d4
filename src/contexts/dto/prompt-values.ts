import { Field, isJsonObject, type FieldFacts } from '../../http/fields.js';
import { variableName } from '../system-prompts/template-format.js';

const maxValues = 50;
const maxValue = 10_000;

/** Texts by the names of variables. */
export const PromptValues = (facts: FieldFacts): PropertyDecorator =>
  Field(facts, {
    schema: {
      type: 'object',
      additionalProperties: { type: 'string', maxLength: maxValue },
      maxProperties: maxValues,
    },
    problem: valuesProblem,
  });

function valuesProblem(value: unknown): string | undefined {
  if (!isJsonObject(value)) return 'must be an object';
  const entries = Object.entries(value);
  if (entries.length > maxValues) return `must have at most ${maxValues} values`;
  const isFit = ([name, text]: [string, unknown]): boolean =>
    variableName.test(name) && typeof text === 'string' && text.length <= maxValue;
  return entries.every(isFit)
    ? undefined
    : `must be texts of at most ${maxValue} characters by the names of variables`;
}
