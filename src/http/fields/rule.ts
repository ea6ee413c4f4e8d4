import { ValidateBy, type ValidationArguments } from 'class-validator';

/**
 * A rule between a field and its siblings: a sentence when it is broken. Written above the field's own decorator,
 * so that it is asked only about a field that is good by itself, or absent. The siblings may still be wrong.
 */
export const Rule = <Owner extends object>(
  problem: (owner: Owner) => string | undefined,
): PropertyDecorator => {
  const ask = (args?: ValidationArguments): string | undefined => problem(args?.object as Owner);
  const validate = ValidateBy({
    name: 'rule',
    validator: {
      validate: (_: unknown, args?: ValidationArguments) => ask(args) === undefined,
      defaultMessage: (args?: ValidationArguments) => ask(args) ?? '',
    },
  });
  return (target, property) => validate(target, String(property));
};
