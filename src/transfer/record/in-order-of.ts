import { isJsonObject } from '../../http/fields.js';

/**
 * What was made of a value, with its fields in the order of the value: so that a record which was read is written again
 * byte for byte. Fields that only the made one has come last.
 */
export function inOrderOf(value: unknown, made: unknown): unknown {
  if (Array.isArray(made))
    return made.map((item: unknown, index) =>
      inOrderOf(Array.isArray(value) ? value[index] : undefined, item),
    );
  if (!isJsonObject(made)) return made;
  const original = isJsonObject(value) ? value : {};
  const names = [...Object.keys(original).filter((name) => Object.hasOwn(made, name)), ...Object.keys(made)];
  return Object.fromEntries([...new Set(names)].map((name) => [name, inOrderOf(original[name], made[name])]));
}
