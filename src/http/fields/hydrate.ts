import { fieldsOf, type Class } from './field.js';

/** Takes down what is wrong with the field at a path. */
export type Note = (path: readonly string[], message: string) => void;

/** Objects made of one request. Each costs its validation, about 10 µs; a request may not cost seconds. */
const maxObjects = 10_000;
/** Classes that hold themselves (a tree of files) end here. */
const maxLevels = 64;

/**
 * Makes an instance of `type` and of every class below it from plain JSON, and notes the fields that no class knows.
 * Those are left out: class-validator looks its rules up by `constructor` and by name in a plain object, so a
 * request's own `constructor`, `__proto__` or `hasOwnProperty` must never reach it.
 */
export function hydrate<Instance extends object>(type: Class<Instance>, plain: object, note: Note): Instance {
  let made = 0;
  const fill = (into: Class, from: object, path: readonly string[]): object => {
    const fields = fieldsOf(into);
    const instance = new into() as Record<string, unknown>;
    for (const [name, { absent }] of fields) if (absent !== undefined) instance[name] = absent;
    for (const [name, value] of Object.entries(from)) {
      const field = fields.get(name);
      if (!field) note([...path, name], 'is not a known field');
      else if (!field.build) instance[name] = value;
      else
        instance[name] = field.build(value, (inner, object, ...below) =>
          enter(inner, object, [...path, name, ...below]),
        );
    }
    return instance;
  };
  const enter = (into: Class, from: object, path: readonly string[]): object => {
    made += 1;
    if (path.length > maxLevels) note(path, `must not be nested more than ${maxLevels} levels deep`);
    else if (made > maxObjects) note([], `must not hold more than ${maxObjects} objects`);
    else return fill(into, from, path);
    return from;
  };
  return fill(type, plain, []) as Instance;
}

/** True for a JSON object; a list is none. */
export const isJsonObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
