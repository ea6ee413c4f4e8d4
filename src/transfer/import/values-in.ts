import { isJsonObject } from '../../http/fields.js';
import { parseJsonBody } from '../../http/json-body.js';
import { joinLines } from './json-lines.js';
import { isZip, unzip, type PackedFile } from './unzip.js';

/** The JSON values in a file, each of which should be a context; those in an archive may have `maxBytes` together. */
export async function valuesIn(bytes: Buffer, maxBytes: number): Promise<readonly unknown[]> {
  if (isZip(bytes)) return valuesOf(await unzip(bytes, maxBytes, isWanted));
  const lines = await joinLines(bytes);
  return lines ?? flat(parseJsonBody(bytes));
}

/** Those in several files: contexts as folders, else conversations as other programs export them, else each file. */
export async function valuesOf(files: readonly PackedFile[]): Promise<readonly unknown[]> {
  const folders = files.filter(({ name }) => /(^|\/)context\.json$/.test(name));
  if (folders.length > 0) return joinFolders(folders, files);
  const conversations = files.filter(({ name }) => /(^|\/)conversations[^/]*\.json$/.test(name));
  const values: unknown[] = [];
  for (const { bytes } of conversations.length > 0 ? conversations : files)
    values.push(...((await joinLines(bytes)) ?? flat(parseJsonBody(bytes))));
  return values;
}

const isWanted = (name: string): boolean => /\.jsonl?$/i.test(name);

function flat(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (isJsonObject(value) && Array.isArray(value['conversations']))
    return value['conversations'] as unknown[];
  return [value];
}

/**
 * Each is joined when it is asked for, and not kept, so that what imports them has not all of them in memory. Asking for
 * one throws `malformed_request` when a file of it is no JSON.
 */
function joinFolders(folders: readonly PackedFile[], files: readonly PackedFile[]): readonly unknown[] {
  const pools = poolsIn(files);
  const values: unknown[] = [];
  for (const [index, folder] of folders.entries()) {
    const pool = pools.get(folder.name.replace(/context\.json$/, 'messages_pool/')) ?? [];
    Object.defineProperty(values, index, { get: () => joinFolder(folder, pool), enumerable: true });
  }
  return values;
}

/** The files of each folder of messages. A file is in one of them only, so that none is read more than once. */
function poolsIn(files: readonly PackedFile[]): ReadonlyMap<string, readonly PackedFile[]> {
  const pools = new Map<string, PackedFile[]>();
  for (const file of files) {
    const pool = /^(?:.*\/)?messages_pool\//s.exec(file.name)?.[0];
    if (pool === undefined) continue;
    const known = pools.get(pool);
    if (known) known.push(file);
    else pools.set(pool, [file]);
  }
  return pools;
}

/** `context.json` with the messages in the folder beside it. */
function joinFolder({ bytes }: PackedFile, pool: readonly PackedFile[]): unknown {
  const head = parseJsonBody(bytes);
  if (!isJsonObject(head)) return head;
  const messages = pool
    .map((file) => parseJsonBody(file.bytes))
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  return { ...head, messages };
}

/** 0 for what is none: an object may have no way to become a number. */
function revisionOf(message: unknown): number {
  const revision = isJsonObject(message) ? message['revision'] : 0;
  return typeof revision === 'number' || typeof revision === 'string' ? Number(revision) : 0;
}
