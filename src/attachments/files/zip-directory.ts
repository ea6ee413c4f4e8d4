import { type Settings } from '../../config/settings.js';

export type ArchiveLimits = Pick<Settings, 'archiveMaxBytes' | 'archiveMaxRatio' | 'archiveMaxEntries'>;

/** An archive in an archive is how a small file hides a large one from whoever adds up what the first one says. */
const isArchiveName = (name: string): boolean => /\.(zip|jar|7z|rar|gz|tgz|bz2|xz|zst|tar|br)$/i.test(name);

/**
 * Why nobody should unpack a zip archive, in a sentence; undefined for a harmless one. It is never unpacked here: only
 * its directory is read, which says how large its files are and what they are called.
 */
export async function archiveProblem(
  path: string,
  size: number,
  limits: ArchiveLimits,
): Promise<string | undefined> {
  const { openPromise } = await import('yauzl');
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true });
    try {
      return await entriesProblem(zip.eachEntry(), size, limits);
    } finally {
      zip.close();
    }
  } catch (error) {
    if (isOfTheSystem(error)) throw error;
    // Its reader refuses what cannot be read, and names that lead out of the folder it would be unpacked into.
    return 'The directory of the archive is broken, or names files outside of it.';
  }
}

interface Entry {
  readonly fileName: string;
  readonly uncompressedSize: number;
}

async function entriesProblem(
  entries: AsyncIterable<Entry>,
  size: number,
  { archiveMaxBytes, archiveMaxRatio, archiveMaxEntries }: ArchiveLimits,
): Promise<string | undefined> {
  let count = 0;
  let bytes = 0;
  for await (const { fileName, uncompressedSize } of entries) {
    count += 1;
    bytes += uncompressedSize;
    if (count > archiveMaxEntries) return `The archive holds more than ${archiveMaxEntries} files.`;
    if (bytes > archiveMaxBytes) return `The archive would unpack to more than ${archiveMaxBytes} bytes.`;
    if (bytes > size * archiveMaxRatio)
      return `The archive would unpack to more than ${archiveMaxRatio} times its size.`;
    if (isArchiveName(fileName)) return 'The archive holds another archive.';
  }
  return undefined;
}

const isOfTheSystem = (error: unknown): boolean =>
  typeof (error as { syscall?: unknown } | undefined)?.syscall === 'string';
