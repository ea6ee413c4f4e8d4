import 'reflect-metadata';
import { createWriteStream, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ContextId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { exportFormats, exportText, fileOf, type ExportFormat } from '../transfer/export/export-text.js';
import { readHead, readMessageTexts } from '../transfer/export/export.pull.js';
import { recordFormat, recordVersion } from '../transfer/record/record-kinds.js';
import { openFromSettings } from './open-snapshot.js';
import { readOptions } from './options.js';
import { say } from './say.js';
import { contextsOf } from './verify/check-contexts.js';

type Layout = ExportFormat | 'folder';

/**
 * `pullcord export [--format FORMAT] [--context ID] [--owner NAME] FOLDER`: contexts as files, while the server runs or
 * not. One that cannot be written is named, and the others still are.
 */
export async function exportContexts(args: readonly string[]): Promise<number | 'usage'> {
  const { options, rest } = readOptions(args, ['format', 'context', 'owner']);
  const [folder, ...more] = rest;
  const format = [...exportFormats, 'folder' as const].find(
    (known) => known === (options.get('format') ?? 'folder'),
  );
  if (!folder || more.length > 0 || !format) return 'usage';
  const snapshot = await openFromSettings();
  let [written, failed] = [0, 0];
  try {
    for await (const { id, owner } of contextsOf(snapshot.reads)) {
      if ((options.get('context') ?? id) !== id || (options.get('owner') ?? owner) !== owner) continue;
      try {
        const where = await write(snapshot.reads, id, format, folder);
        await say(`${++written} ${where}`);
      } catch (error) {
        failed++;
        process.stderr.write(`context ${id}: ${(error as Error).message}\n`);
      }
    }
  } finally {
    await snapshot.close();
  }
  await say(`${written} contexts written to ${folder}, ${failed} could not be.`);
  return failed === 0 ? 0 : 1;
}

async function write(reads: Reads, id: ContextId, format: Layout, folder: string): Promise<string> {
  if (format === 'folder') return writeFolder(reads, id, join(folder, 'contexts', id));
  const query = { format, lang: ['en'] as const, summary: false };
  const file = join(folder, `context-${id}.${fileOf[format].ending}`);
  mkdirSync(folder, { recursive: true });
  await writeFile(file, await exportText(reads, id, undefined, query));
  return file;
}

/** `context.json`, and a file for each message. What was there of it is written over, file by file. */
async function writeFolder(reads: Reads, id: ContextId, folder: string): Promise<string> {
  const head = await readHead(reads, id);
  const pool = join(folder, 'messages_pool');
  mkdirSync(pool, { recursive: true });
  for await (const message of readMessageTexts(reads, id))
    await writeFile(join(pool, `${message.id}.json`), [message.text, '\n']);
  const facts = { format: recordFormat, version: recordVersion, ...head };
  // Last: a folder without it is not whole.
  await writeFile(join(folder, 'context.json'), [JSON.stringify(facts, null, 2), '\n']);
  return folder;
}

/** Under its name once it is whole. */
async function writeFile(file: string, text: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(text), createWriteStream(`${file}.part`, { mode: 0o600 }));
  renameSync(`${file}.part`, file);
}
