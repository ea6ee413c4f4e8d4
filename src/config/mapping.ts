import type { Kind } from './setting.js';

/** What is wrong in a setting of several parts, and where; never a value, which may be a secret. */
export class Wrong extends Error {}

/** A setting of several parts: `read` throws Wrong with the sentence of the first thing that is not allowed. */
export const mapping = <Value extends object>(
  allowed: string,
  read: (raw: unknown) => Value,
  show?: (value: Value) => string,
): Kind<Value> => {
  const attempt = (raw: unknown): Value | Wrong => {
    try {
      return read(raw);
    } catch (error) {
      if (error instanceof Wrong) return error;
      throw error;
    }
  };
  return {
    allowed,
    read: (raw) => {
      const value = attempt(raw);
      return value instanceof Wrong ? undefined : value;
    },
    whyNot: (raw) => {
      const value = attempt(raw);
      return value instanceof Wrong ? value.message : undefined;
    },
    ...(show && { show }),
  };
};

/** A mapping from the file, or from the environment, where it is JSON. */
export const objectFrom = (raw: unknown): Record<string, unknown> =>
  objectOf(typeof raw === 'string' ? parse(raw) : raw, 'it');

export function objectOf(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Wrong(`${where} must be a mapping`);
}

export function refuseOtherFields(given: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown !== undefined)
    throw new Wrong(`${where} has ${quote(unknown)}, but may only have ${known.join(', ')}`);
}

/** Texts by their names; what YAML takes for a number or a flag is meant as text. */
export function textsOf(raw: unknown, where: string, names: RegExp): Record<string, string> {
  const entries = Object.entries(objectOf(raw, where));
  if (entries.length > 1000 || !entries.every(([name, value]) => names.test(name) && isText(value)))
    throw new Wrong(`${where} must be a mapping of at most 1000 names to texts`);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

/** Headers of an HTTP request by their names. */
export function headersOf(raw: unknown, where: string): Record<string, string> {
  const read = textsOf(raw, where, /^[\w!#$%&'*+.^`|~-]+$/);
  if (Object.values(read).some((value) => !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)))
    throw new Wrong(`${where} must have values that HTTP can send`);
  return read;
}

export const isText = (value: unknown): boolean =>
  isPlain(value) || typeof value === 'number' || typeof value === 'boolean';

export const isPlain = (value: unknown): value is string =>
  typeof value === 'string' && !value.includes('\0');

/** A name is no secret, but it may be long and have anything in it. */
export const quote = (name: string): string =>
  JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Wrong('it is not valid JSON');
  }
}
