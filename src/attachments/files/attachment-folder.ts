import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, opendir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DomainError } from '../../kernel/domain-error.js';

/** A file that has arrived, and has no place yet. */
export interface Incoming {
  readonly path: string;
  readonly sha256: string;
  readonly size_bytes: number;
}

const incomingName = 'incoming';

/**
 * The files of attachments, in the data folder: `attachments/ab/abcdef…-<unique>`, by the SHA-256 of their bytes. A name is
 * made of what this server computes, is never used twice, and its file never changes: whoever has found it in the
 * database may read it, and whoever has removed it from there may unlink it, on any node that shares the folder.
 */
@Injectable()
export class AttachmentFolder {
  private readonly root: string;

  constructor(private readonly settings: Settings) {
    this.root = join(settings.dataDir, 'attachments');
  }

  /** Writes what comes to the disk, hashed on the way. `body_too_large` past the limit; then nothing is kept. */
  async receive(content: Readable): Promise<Incoming> {
    const max = this.settings.attachmentMaxBytes;
    const path = join(this.root, incomingName, randomUUID());
    return this.writing(async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, 'wx', 0o600);
      try {
        const facts = await write(content, file, max);
        await file.sync();
        return { path, ...facts };
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
    });
  }

  /** Gives a file its place, durably, and answers where that is below the folder. */
  place({ path, sha256 }: Incoming): Promise<string> {
    return this.writing(async () => {
      const placed = `${sha256.slice(0, 2)}/${sha256}-${randomUUID()}`;
      const folder = join(this.root, sha256.slice(0, 2));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await rename(path, join(this.root, placed));
      for (const one of [folder, this.root, dirname(this.root)]) await syncFolder(one);
      return placed;
    });
  }

  /** Throws `storage_unavailable` where the file cannot be read, as when nodes do not share their folder. */
  async open(path: string): Promise<FileHandle> {
    try {
      return await open(join(this.root, path), 'r');
    } catch (error) {
      throw new DomainError('storage_unavailable', 'The attached file cannot be read.', {}, { cause: error });
    }
  }

  /** Does nothing where it is gone already. */
  async remove(path: string): Promise<void> {
    await rm(join(this.root, path), { force: true });
  }

  discard({ path }: Incoming): Promise<void> {
    return rm(path, { force: true });
  }

  /** Files that were last written before `before`, those without a place among them; each by its path below the folder. */
  async *olderThan(before: number): AsyncGenerator<string, void> {
    const folder = await opendir(this.root, { recursive: true }).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    for await (const entry of folder ?? []) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      // It may have been given its place, or been removed, since it was listed.
      const facts = await stat(path).catch(() => undefined);
      if (facts && facts.mtimeMs < before) yield relative(this.root, path).replaceAll(sep, '/');
    }
  }

  private async writing<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (!diskErrors.has(codeOf(error) ?? '')) throw error;
      const message = 'The attachment cannot be written at the moment.';
      throw new DomainError('storage_unavailable', message, {}, { cause: error });
    }
  }
}

/** True for the path of a file that has no place yet: it is in no row, and never was. */
export const isIncoming = (path: string): boolean => path.startsWith(`${incomingName}/`);

async function write(content: Readable, file: FileHandle, max: number): Promise<Omit<Incoming, 'path'>> {
  const hash = createHash('sha256');
  let size_bytes = 0;
  // Not destroyed where we leave early: whoever reads the request goes on to read what is left of it.
  for await (const piece of content.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size_bytes += piece.length;
    if (size_bytes > max) throw new DomainError('body_too_large', `A file may have at most ${max} bytes.`);
    hash.update(piece);
    await file.writeFile(piece);
  }
  return { sha256: hash.digest('hex'), size_bytes };
}

/** Windows syncs no folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | undefined)?.code;

const diskErrors = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
  'ENOTDIR',
]);
