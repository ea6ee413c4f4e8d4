import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { ToolError } from '../tool-source.js';
import { heldPath } from './held-path.js';
import { fileProblem, hasCode, notAllowed, wrongKind } from './path-problems.js';
import { readRelativePath, shownPath } from './relative-path.js';

export interface Write {
  readonly path: string;
  readonly content: Buffer;
  /** What the file was when it was read; it is left alone when it is no longer that. */
  readonly expected?: Stats;
}

/** An open folder, and its name without links. */
interface Held {
  readonly handle: FileHandle;
  readonly real: string;
}

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const newFileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a whole file of the workspace, and the folders on its way, or nothing: readers see the old content or the new.
 * No link is followed, neither at the end nor on the way, not even one that stays inside: the way is gone step by step, each
 * from the folder that is held, so that nothing that is swapped meanwhile leads out. Answers whether the file is new.
 */
export function writeInside(root: string, write: Write): Promise<boolean> {
  return inTurn(root, () => writeNow(root, write));
}

/** The last write of each workspace, while it is under way. */
const latest = new Map<string, Promise<unknown>>();

/**
 * One write after the other within this server, so that nothing comes between the look at what a file is and its
 * replacement. (Other processes may.) An entry goes with the last that waits.
 */
function inTurn<Result>(root: string, work: () => Promise<Result>): Promise<Result> {
  const turn = (latest.get(root) ?? Promise.resolve()).then(work);
  const over = turn.then(
    () => undefined,
    () => undefined,
  );
  latest.set(root, over);
  void over.then(() => latest.get(root) === over && latest.delete(root));
  return turn;
}

async function writeNow(root: string, { path, content, expected }: Write): Promise<boolean> {
  const names = readRelativePath(path);
  const last = names.at(-1);
  if (last === undefined) throw wrongKind('file', path);
  if (names.some(isGit))
    throw new ToolError('path_not_allowed', 'What is in .git is for git alone, and not to be written.');
  let held: Held | undefined;
  try {
    held = await holdFolder(root, names.slice(0, -1));
    const folder = heldPath(held.handle, held.real);
    const before = await lookAt(join(folder, last), path);
    if (expected && !isSame(before, expected))
      throw new ToolError('changed_meanwhile', `${shownPath(path)} was changed meanwhile; read it again.`);
    await replace(folder, last, content, before?.mode);
    return before === undefined;
  } catch (error) {
    throw error instanceof ToolError ? error : toProblem(error, path);
  } finally {
    await held?.handle.close();
  }
}

/** Names of git's own folder, also as file systems that know no case or drop what is at the end have it. */
const isGit = (name: string): boolean => /^(\.git|git~\d)[. ]*$/i.test(name);

async function holdFolder(root: string, names: readonly string[]): Promise<Held> {
  let held: Held = { handle: await open(root, folderFlags), real: root };
  for (const name of names) {
    const outer = held;
    try {
      held = {
        handle: await enter(join(heldPath(outer.handle, outer.real), name)),
        real: join(outer.real, name),
      };
    } finally {
      await outer.handle.close();
    }
  }
  if (process.platform === 'linux' || (await realpath(held.real)) === held.real) return held;
  await held.handle.close();
  throw notAllowed(names.join('/'));
}

/** Opens a folder, and makes it first when there is nothing of this name. */
async function enter(path: string): Promise<FileHandle> {
  try {
    return await open(path, folderFlags);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await mkdir(path).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  return open(path, folderFlags);
}

/** What is there now; undefined when nothing is. */
async function lookAt(target: string, path: string): Promise<Stats | undefined> {
  const stats = await lstat(target).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (stats?.isSymbolicLink())
    throw new ToolError('path_not_allowed', `${shownPath(path)} is a link, which is not written through.`);
  if (stats && !stats.isFile()) throw wrongKind('file', path);
  return stats;
}

const isSame = (now: Stats | undefined, expected: Stats): boolean =>
  now !== undefined &&
  now.ino === expected.ino &&
  now.size === expected.size &&
  now.mtimeMs === expected.mtimeMs;

async function replace(folder: string, name: string, content: Buffer, mode?: number): Promise<void> {
  const draft = join(folder, `.${randomUUID()}.pullcord`);
  const handle = await open(draft, newFileFlags, mode === undefined ? 0o666 : mode & 0o777);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await handle.close();
    await rename(draft, join(folder, name));
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

const toProblem = (error: unknown, path: string): ToolError =>
  hasCode(error, 'ELOOP') || hasCode(error, 'ENOTDIR')
    ? new ToolError('path_not_allowed', `${shownPath(path)} has a link or a file where a folder should be.`)
    : fileProblem(error, path);
