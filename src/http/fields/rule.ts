import { ValidateBy, type ValidationArguments } from 'class-validator';
import type { FieldContext } from './field.js';

/**
 * A rule between a field and its siblings: a sentence when it is broken. Written above the field's own decorator,
 * so that it is asked only about a field that is good by itself, or absent. The siblings may still be wrong.
 */
export const Rule = <Owner extends object>(
  problem: (owner: Owner) => string | undefined,
): PropertyDecorator => {
  const rule = (owner: object | undefined): string | undefined => problem(owner as Owner);
  const validate = ValidateBy(
    {
      name: 'rule',
      validator: {
        validate: (_: unknown, args?: ValidationArguments) => rule(args?.object) === undefined,
        defaultMessage: (args?: ValidationArguments) => rule(args?.object) ?? '',
      },
    },
    { context: { rule } satisfies FieldContext },
  );
  return (target, property) => validate(target, String(property));
};

/** Whether two numbers are out of order, for rules: what is no number is not, and is refused by its own field. Pure. */
export const isLess = (one: unknown, other: unknown): boolean =>
  typeof one === 'number' && typeof other === 'number' && one < other;
