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
  if (folders.length > 0) return folders.map((folder) => joinFolder(folder, files));
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

/** `context.json` with the messages in the folder beside it. */
function joinFolder({ name, bytes }: PackedFile, files: readonly PackedFile[]): unknown {
  const head = parseJsonBody(bytes);
  const pool = name.replace(/context\.json$/, 'messages_pool/');
  const messages = files
    .filter((file) => file.name.startsWith(pool))
    .map((file) => parseJsonBody(file.bytes))
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  return isJsonObject(head) ? { ...head, messages } : head;
}

const revisionOf = (message: unknown): number => (isJsonObject(message) ? Number(message['revision']) : 0);
