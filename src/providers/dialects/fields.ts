/** The fields of an event, of types that are yet to be seen. */
export type Fields = Readonly<Record<string, unknown>>;

/** A field that is wanted has the wrong type: what it is in is not what it was taken for. */
export class WrongField extends Error {}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

// Null is how many servers write that there is nothing; anything else of another type throws WrongField.
export const fields = (value: unknown): Fields | undefined => orNothing(value, isFields);
export const text = (value: unknown): string | undefined =>
  orNothing(value, (given): given is string => typeof given === 'string');
export const count = (value: unknown): number =>
  orNothing(value, (given): given is number => typeof given === 'number') ?? 0;
export const list = (value: unknown): readonly unknown[] =>
  orNothing<readonly unknown[]>(value, Array.isArray) ?? [];

function orNothing<Right>(value: unknown, isRight: (value: unknown) => value is Right): Right | undefined {
  if (value === undefined || value === null) return undefined;
  if (isRight(value)) return value;
  throw new WrongField();
}

/** What `read` makes of a value, or undefined where a field in it has the wrong type. */
export function orNone<Value, Read>(
  value: Value,
  read: (value: Value) => Read | undefined,
): Read | undefined {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof WrongField) return undefined;
    throw error;
  }
}
