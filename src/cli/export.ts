import 'reflect-metadata';
import { createWriteStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { contextNotFound } from '../contexts/refusals.js';
import { parseFields } from '../http/fields.js';
import { DomainError } from '../kernel/domain-error.js';
import { isId, type ContextId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { ExportContext } from '../transfer/dto/transfer-fields.js';
import {
  exportFormats,
  exportText,
  fileOf,
  type ExportFormat,
  type ExportQuery,
} from '../transfer/export/export-text.js';
import { readHead, readMessageTexts } from '../transfer/export/export.pull.js';
import { recordFormat, recordVersion } from '../transfer/record/record-kinds.js';
import { openFromSettings } from './open-snapshot.js';
import { readOptions } from './options.js';
import { say } from './say.js';
import { contextsOf } from './verify/check-contexts.js';

type Layout = Omit<ExportQuery, 'format'> & { readonly format: ExportFormat | 'folder' };

/** Of `markdown` alone, as over HTTP. */
const markdownOptions = ['lang', 'branch'] as const;

/**
 * `pullcord export [--format FORMAT] [--context ID] [--owner NAME] [--lang LANGUAGES] [--branch ID] [--summary] FOLDER`:
 * contexts as files, while the server runs or not. One that cannot be written is named, and the others still are.
 */
export async function exportContexts(args: readonly string[]): Promise<number | 'usage'> {
  const named = args.filter((arg) => arg !== '--summary');
  const { options, rest } = readOptions(named, ['format', 'context', 'owner', ...markdownOptions]);
  const [folder, ...more] = rest;
  const layout = layoutOf(options, named.length < args.length);
  if (!folder || more.length > 0 || !layout) return 'usage';
  const snapshot = await openFromSettings();
  let [written, failed] = [0, 0];
  const fail = (id: string, error: unknown): void => {
    failed++;
    process.stderr.write(`context ${id}: ${(error as Error).message}\n`);
  };
  try {
    for await (const { id, owner } of contextsOf(snapshot.reads)) {
      if ((options.get('context') ?? id) !== id || (options.get('owner') ?? owner) !== owner) continue;
      try {
        const where = await write(snapshot.reads, id, layout, folder);
        await say(`${++written} ${where}`);
      } catch (error) {
        fail(id, error);
      }
    }
  } finally {
    await snapshot.close();
  }
  const asked = options.get('context');
  if (asked !== undefined && written + failed === 0) fail(asked, contextNotFound(asked));
  await say(`${written} contexts written to ${folder}, ${failed} could not be.`);
  return failed === 0 ? 0 : 1;
}

/** As what contexts are written; nothing when the options do not say that well, and why is told. */
function layoutOf(options: ReadonlyMap<string, string>, summary: boolean): Layout | undefined {
  const name = options.get('format') ?? 'folder';
  const format = [...exportFormats, 'folder' as const].find((known) => known === name);
  const shown = markdownOptions.filter((option) => options.has(option));
  // Elsewhere they would do nothing, which is not what whoever wrote them meant.
  if (!format || (format !== 'markdown' && (summary || shown.length > 0))) return undefined;
  try {
    const plain = Object.fromEntries(shown.map((option) => [option, options.get(option)]));
    const query = parseFields(ExportContext, plain);
    return { ...query, format, lang: [query.lang].flat(), summary };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    process.stderr.write(`--${error.message}\n\n`);
    return undefined;
  }
}

async function write(reads: Reads, id: ContextId, layout: Layout, folder: string): Promise<string> {
  const { format } = layout;
  if (format === 'folder') return writeFolder(reads, id, join(folder, 'contexts', id));
  const file = join(folder, `context-${id}.${fileOf[format].ending}`);
  mkdirSync(folder, { recursive: true });
  await writeFile(file, await exportText(reads, id, undefined, { ...layout, format }));
  return file;
}

/** `context.json`, and a file for each message. What an export before left there makes way. */
async function writeFolder(reads: Reads, id: ContextId, folder: string): Promise<string> {
  const head = await readHead(reads, id);
  const pool = join(folder, 'messages_pool');
  mkdirSync(pool, { recursive: true });
  // First, as it comes last: a folder without it is not whole.
  rmSync(join(folder, 'context.json'), { force: true });
  removeMessages(pool);
  for await (const message of readMessageTexts(reads, id))
    await writeFile(join(pool, `${message.id}.json`), [message.text, '\n']);
  const facts = { format: recordFormat, version: recordVersion, ...head };
  await writeFile(join(folder, 'context.json'), [JSON.stringify(facts, null, 2), '\n']);
  return folder;
}

/** A message may have left the pool since, and its file would be refused by an import. Files of others stay. */
function removeMessages(pool: string): void {
  for (const name of readdirSync(pool))
    if (isId(name.replace(/\.json(\.part)?$/, ''))) rmSync(join(pool, name));
}

/** Under its name once it is whole. */
async function writeFile(file: string, text: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(text), createWriteStream(`${file}.part`, { mode: 0o600 }));
  renameSync(`${file}.part`, file);
}
