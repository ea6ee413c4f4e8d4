import { isAbsolute } from 'node:path';
import type { Kind } from './setting.js';

export const wholeNumber = (min: number, max: number): Kind<number> => ({
  allowed: `a whole number from ${min} to ${max}`,
  read: (raw) => {
    const number = typeof raw === 'string' && /^(0|[1-9]\d*)$/.test(raw) ? Number(raw) : raw;
    return typeof number === 'number' && Number.isSafeInteger(number) && number >= min && number <= max
      ? number
      : undefined;
  },
});

/** A part of a whole, from `min` to 1. */
export const share = (min: number): Kind<number> => ({
  allowed: `a number from ${min} to 1`,
  read: (raw) => {
    const number = typeof raw === 'string' && /^(0\.\d{1,6}|1(\.0{1,6})?)$/.test(raw) ? Number(raw) : raw;
    return typeof number === 'number' && number >= min && number <= 1 ? number : undefined;
  },
});

export const flag: Kind<boolean> = {
  allowed: 'true or false',
  read: (raw) => {
    if (raw === true || raw === 'true') return true;
    return raw === false || raw === 'false' ? false : undefined;
  },
};

export const oneOf = <Choice extends string>(...choices: readonly Choice[]): Kind<Choice> => ({
  allowed: `one of ${choices.join(', ')}`,
  read: (raw) => choices.find((choice) => choice === raw),
});

/** Text that matches the whole pattern. */
export const text = (allowed: string, pattern: RegExp): Kind<string> => ({
  allowed,
  read: (raw) => (typeof raw === 'string' && pattern.test(raw) ? raw : undefined),
});

export const url = (...protocols: readonly string[]): Kind<string> => ({
  allowed: `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  read: (raw) =>
    typeof raw === 'string' && URL.canParse(raw) && protocols.includes(new URL(raw).protocol)
      ? raw
      : undefined,
});

/** Commas between the items in the environment; in the file a YAML list will also do. */
export const listOf = <Item>(item: Kind<Item>): Kind<readonly Item[]> => ({
  allowed: `a comma list, each ${item.allowed}`,
  read: (raw) => {
    const parts: unknown = typeof raw === 'string' ? raw.split(',').map((part) => part.trim()) : raw;
    if (!Array.isArray(parts)) return undefined;
    const items = parts.map((part) => item.read(part));
    return items.every((read) => read !== undefined) ? items : undefined;
  },
});

/** `*`, or a browser's origin exactly as it sends it: no path, no trailing slash (RFC 6454 §6.2). */
export const origin: Kind<string> = {
  allowed: 'an origin such as https://chat.example, or *',
  read: (raw) => {
    if (raw === '*') return raw;
    return typeof raw === 'string' && URL.canParse(raw) && new URL(raw).origin === raw ? raw : undefined;
  },
};

/** The word `none` for an empty list, where unset means a default that is not empty. */
export const noneOr = <Item>(list: Kind<readonly Item[]>): Kind<readonly Item[]> => ({
  allowed: `none, or ${list.allowed}`,
  read: (raw) => (raw === 'none' ? [] : list.read(raw)),
});

export const folder: Kind<string> = {
  allowed: 'an absolute path of a folder',
  read: (raw) => (typeof raw === 'string' && isAbsolute(raw) && !raw.includes('\0') ? raw : undefined),
};

export const path = text('a path', /^[^\0]+$/);

/** A secret that goes into a header. */
export const key = text('text without spaces', /^[\x21-\x7e]+$/);

/** The longest wait a Node timer can hold, in milliseconds. */
export const longest = 2_147_483_647;
