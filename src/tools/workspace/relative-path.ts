import { ToolError } from '../tool-source.js';

/** What Linux takes: bytes of a whole path, and of one name in it. */
const maxPath = 4095;
const maxName = 255;

/**
 * The names on the way to a file of a workspace; none for the workspace itself. Takes only what can be meant in one way:
 * a relative path with `/` between names. Throws `path_not_allowed`.
 */
export function readRelativePath(path: string): readonly string[] {
  const wrong = problemOf(path);
  if (wrong !== undefined) throw new ToolError('path_not_allowed', wrong);
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function problemOf(path: string): string | undefined {
  if (/[\p{Cc}\p{Cs}]/u.test(path))
    return 'The path must not hold control characters or halves of characters.';
  if (path.includes('\\')) return 'The path must have / between its folders, not \\.';
  if (path.startsWith('/') || /^[a-z]:/i.test(path))
    return 'The path must be relative to the workspace, such as src/main.ts.';
  const names = path.split('/');
  if (names[0] === '~') return 'The path must be relative to the workspace; there is no home folder.';
  if (names.includes('..')) return 'The path must not hold .. ; write it from the top of the workspace.';
  if (Buffer.byteLength(path) > maxPath || names.some((name) => Buffer.byteLength(name) > maxName))
    return 'The path is too long.';
  return undefined;
}

/** How a path is named in messages: short, and on one line. */
export const shownPath = (path: string): string => {
  const line = path.replaceAll(/\p{Cc}/gu, '?');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line === '' ? '.' : line;
};
