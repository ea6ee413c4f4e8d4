import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { heldPath } from './held-path.js';
import { openInside } from './open-inside.js';
import { fileProblem } from './path-problems.js';

export interface Entry {
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  /** Of a file. */
  readonly bytes?: number;
}

export interface Listing {
  /** From the top of the workspace; `.` is the workspace itself. */
  readonly path: string;
  /** By name. */
  readonly entries: readonly Entry[];
  /** There are more, which ones is left to chance. */
  readonly isCut: boolean;
}

/** What is in a folder of the workspace, at most `max` entries. Links are shown as such, wherever they lead. */
export async function listInside(root: string, path: string, max: number): Promise<Listing> {
  const folder = await openInside(root, path, 'folder');
  try {
    const held = heldPath(folder.handle, join(root, folder.path));
    const { found, isCut } = await firstEntries(held, max);
    const entries = await Promise.all(found.map((entry) => describe(held, entry)));
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { path: folder.path, entries, isCut };
  } catch (error) {
    throw fileProblem(error, path);
  } finally {
    await folder.handle.close();
  }
}

async function firstEntries(path: string, max: number): Promise<{ found: Dirent[]; isCut: boolean }> {
  const found: Dirent[] = [];
  // Leaving the loop closes the folder.
  for await (const entry of await opendir(path)) {
    if (found.length >= max) return { found, isCut: true };
    found.push(entry);
  }
  return { found, isCut: false };
}

async function describe(folder: string, entry: Dirent): Promise<Entry> {
  const { name } = entry;
  if (entry.isDirectory()) return { name, type: 'folder' };
  if (entry.isSymbolicLink()) return { name, type: 'link' };
  if (!entry.isFile()) return { name, type: 'other' };
  // It may be gone since.
  const stats = await lstat(join(folder, name)).catch(() => undefined);
  return { name, type: 'file', ...(stats && { bytes: stats.size }) };
}
