import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ToolError } from '../tool-source.js';
import { isWithin } from './is-within.js';
import { fileProblem, notAllowed, wrongKind } from './path-problems.js';
import { readRelativePath } from './relative-path.js';

export type Kind = 'file' | 'folder';

export interface Opened {
  readonly handle: FileHandle;
  /** From the top of the workspace, links resolved; `.` is the workspace itself. */
  readonly path: string;
  readonly stats: Stats;
}

// What opens must not be a link by now, nor wait for the other end of a pipe, nor become our terminal.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens a regular file or a folder that is inside `root` (absolute, without links). Links are followed as long as they stay
 * inside. The order makes it safe: the way is resolved, the kind looked at before anything is opened (opening a device can
 * have an effect), and what was opened is asked where it is, because all of it may have been swapped in between.
 */
export async function openInside(root: string, path: string, kind: Kind): Promise<Opened> {
  const names = readRelativePath(path);
  try {
    const real = await realpath(join(root, ...names));
    if (!isWithin(root, real)) throw notAllowed(path);
    requireKind(await lstat(real), kind, path);
    const handle = await open(real, flags);
    try {
      const stats = await handle.stat();
      requireKind(stats, kind, path);
      if (!isWithin(root, await whereIs(handle, real, stats))) throw notAllowed(path);
      return { handle, stats, path: relative(root, real).split(sep).join('/') || '.' };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw (await leadsOut(root, names)) ? notAllowed(path) : fileProblem(error, path);
  }
}

function requireKind(stats: Stats, kind: Kind, path: string): void {
  if (kind === 'file' ? !stats.isFile() : !stats.isDirectory()) throw wrongKind(kind, path);
}

/** Where the opened file is: as the kernel says, or else by looking again whether the path still means this file. */
async function whereIs(handle: FileHandle, real: string, stats: Stats): Promise<string> {
  if (process.platform === 'linux') return readlink(`/proc/self/fd/${handle.fd}`);
  const again = await realpath(real);
  const { dev, ino } = await lstat(again);
  if (again !== real || dev !== stats.dev || ino !== stats.ino) throw new Error('It was replaced meanwhile.');
  return again;
}

/** Whether a link on the way leads out or nowhere. Told alike, so that nobody learns what is outside. */
async function leadsOut(root: string, names: readonly string[]): Promise<boolean> {
  for (const [index] of names.entries()) {
    const path = join(root, ...names.slice(0, index + 1));
    if (!(await isLink(path))) continue;
    const target = await realpath(path).catch(() => undefined);
    if (target === undefined || !isWithin(root, target)) return true;
  }
  return false;
}

const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
