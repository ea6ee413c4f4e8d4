import type { Entry, ZipFile } from 'yauzl';
import { DomainError } from '../../kernel/domain-error.js';
import { malformed } from '../../http/fastify-errors.js';

export interface PackedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Entries of an archive, those among them that are not read. */
const maxEntries = 200_000;

export const isZip = (bytes: Buffer): boolean =>
  bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'));

/**
 * The files of an archive whose names are `wanted`, each once; nothing is written anywhere. `limit_exceeded` once they have
 * more than `maxBytes` together, counted as they are unpacked, whatever the archive says of them; `malformed_request` when
 * two have one name: one file with many heads would be read as often as it has them.
 */
export async function unzip(
  archive: Buffer,
  maxBytes: number,
  wanted: (name: string) => boolean,
): Promise<readonly PackedFile[]> {
  const { fromBufferPromise } = await import('yauzl');
  try {
    const zip = await fromBufferPromise(archive, { lazyEntries: true });
    if (zip.entryCount > maxEntries) throw tooLarge(`more than ${maxEntries} files`);
    const files: PackedFile[] = [];
    const names = new Set<string>();
    let left = maxBytes;
    for await (const entry of zip.eachEntry()) {
      if (!wanted(entry.fileName)) continue;
      if (names.has(entry.fileName)) throw malformed('The archive has two files of one name.');
      names.add(entry.fileName);
      const bytes = await readEntry(zip, entry, left, maxBytes);
      left -= bytes.length;
      files.push({ name: entry.fileName, bytes });
    }
    return files;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw malformed(`The archive cannot be read: ${(error as Error).message.slice(0, 200)}.`);
  }
}

async function readEntry(zip: ZipFile, entry: Entry, left: number, maxBytes: number): Promise<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    size += (part as Buffer).length;
    if (size > left) throw tooLarge(`more than ${maxBytes} bytes of conversations`);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

const tooLarge = (what: string): DomainError => new DomainError('limit_exceeded', `The archive has ${what}.`);
