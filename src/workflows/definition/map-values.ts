/**
 * JSON as CEL sees it: whole numbers are its `int`, which JavaScript holds as bigint. Without this, `inputs.count + 1`
 * would add a double and an int, which CEL refuses.
 */
export function toCel(value: unknown): unknown {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toCel(inner)]));
  return value;
}

/** A result of CEL as JSON; undefined for what JSON cannot say (bytes, dates, types, an integer that is too large). */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : undefined;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return allOf(value.map(fromCel));
  if (value instanceof Map) return entriesOf([...value.entries()]);
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return entriesOf(Object.entries(value));
  return undefined;
}

const allOf = (values: readonly unknown[]): unknown => (values.includes(undefined) ? undefined : values);

function entriesOf(entries: readonly (readonly [unknown, unknown])[]): unknown {
  const read = entries.map(([key, inner]) => [String(key), fromCel(inner)] as const);
  return read.some(([, inner]) => inner === undefined) ? undefined : Object.fromEntries(read);
}
