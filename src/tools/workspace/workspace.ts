import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../tool-source.js';
import { heldPath } from './held-path.js';
import { listInside, type Listing } from './list-inside.js';
import { openInside } from './open-inside.js';
import { fileProblem, tooLarge } from './path-problems.js';
import { shownPath } from './relative-path.js';
import { writeInside } from './write-inside.js';

export interface TextFile {
  /** From the top of the workspace, links resolved. */
  readonly path: string;
  readonly text: string;
  readonly bytes: number;
  /** What the file was when it was opened, for a write that depends on it. */
  readonly stats: Stats;
}

export interface WholeFile {
  readonly path: string;
  readonly content: Buffer;
  readonly stats: Stats;
}

/**
 * One folder, and nothing outside it. Paths are relative, with `/` between their names. What cannot be had is a ToolError
 * that names the path as it was given, and none outside the workspace.
 */
export class Workspace {
  constructor(
    /** Without links. Not for the model's eyes. */
    readonly root: string,
    private readonly maxBytes: number,
  ) {}

  /** A whole text file. `not_found`, `not_a_file`, `file_too_large`, `not_text`, `path_not_allowed`, `not_permitted`. */
  async readText(path: string): Promise<TextFile> {
    const file = await this.read(path);
    // A NUL is valid UTF-8, but no text that anybody wrote.
    if (!isUtf8(file.content) || file.content.includes(0))
      throw new ToolError('not_text', `${shownPath(path)} is not a text file.`);
    const { content, stats } = file;
    return { path: file.path, text: content.toString('utf8'), bytes: content.length, stats };
  }

  /** A whole file, as bytes. */
  async read(path: string): Promise<WholeFile> {
    const file = await openInside(this.root, path, 'file');
    try {
      if (file.stats.size > this.maxBytes) throw tooLarge(path, this.maxBytes);
      const content = await readAtMost(file.handle, this.maxBytes + 1);
      // It may have grown since; and some files say 0 and have no end.
      if (content.length > this.maxBytes) throw tooLarge(path, this.maxBytes);
      return { path: file.path, content, stats: file.stats };
    } catch (error) {
      throw error instanceof ToolError ? error : fileProblem(error, path);
    } finally {
      await file.handle.close();
    }
  }

  /** What is in a folder, at most `max` entries of it. `not_found`, `not_a_folder`, `path_not_allowed`, `not_permitted`. */
  list(path: string, max: number): Promise<Listing> {
    return listInside(this.root, path, max);
  }

  /** Does something in a folder, by a path that holds it as long as that takes. `not_found`, `not_a_folder`, … */
  async within<Result>(path: string, act: (folder: string) => Promise<Result>): Promise<Result> {
    const { handle, path: found } = await openInside(this.root, path, 'folder');
    try {
      return await act(heldPath(handle, join(this.root, found)));
    } finally {
      await handle.close();
    }
  }

  /**
   * Writes a whole file, or leaves it as it was; makes the folders on its way. No link is followed. Answers whether the
   * file is new. With `expected` it must still be what it was: `changed_meanwhile`.
   */
  async write(path: string, text: string, expected?: Stats): Promise<boolean> {
    const content = Buffer.from(text);
    if (content.length > this.maxBytes) throw tooLarge(path, this.maxBytes);
    return writeInside(this.root, { path, content, ...(expected && { expected }) });
  }
}

async function readAtMost(handle: FileHandle, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  while (bytes < maxBytes) {
    const piece = Buffer.allocUnsafe(Math.min(65_536, maxBytes - bytes));
    const { bytesRead } = await handle.read(piece);
    if (bytesRead === 0) break;
    pieces.push(piece.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  return Buffer.concat(pieces);
}
