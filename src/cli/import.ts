import 'reflect-metadata';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AttachmentsModule } from '../attachments/attachments.module.js';
import { ConfigModule } from '../config/config.module.js';
import { loadSettings } from '../config/load-settings.js';
import { Settings } from '../config/settings.js';
import { EventsModule } from '../events/events.module.js';
import { localOwner } from '../http/access.guard.js';
import { Clock, SystemClock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Owner } from '../kernel/ids.js';
import { SearchModule } from '../search/search.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { ImportReader, idChoices } from '../transfer/import/import-reader.js';
import type { PackedFile } from '../transfer/import/unzip.js';
import { TransferModule } from '../transfer/transfer.module.js';
import { readOptions } from './options.js';
import { say } from './say.js';

@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
class ClockModule {}

@Module({})
class ImportModule {}

/**
 * `pullcord import [--ids same|new] [--owner NAME] PATH…`: files and folders as contexts. One that cannot be read is named,
 * and the others still are. On SQLite it takes the data folder's lock, so that it never writes beside a server.
 */
export async function importContexts(args: readonly string[]): Promise<number | 'usage'> {
  const { options, rest: paths } = readOptions(args, ['ids', 'owner']);
  const ids = idChoices.find((known) => known === (options.get('ids') ?? 'same'));
  if (paths.length === 0 || !ids) return 'usage';
  const owner = (options.get('owner') ?? localOwner) as Owner;
  const app = await openImports(loadSettings());
  let [written, failed] = [0, 0];
  const fail = (where: string, message: string): void => {
    failed++;
    process.stderr.write(`${where}: ${message}\n`);
  };
  try {
    const reader = app.get(ImportReader);
    for (const [where, files] of paths.flatMap((path) => sourcesIn(path))) {
      try {
        const { contexts, errors } = await reader.importFiles(owner, files(), { ids });
        for (const { id, message_count } of contexts)
          await say(`${++written} ${where}: ${id}, ${message_count} messages`);
        for (const { index, message } of errors) fail(`${where} (${index})`, message);
      } catch (error) {
        if (!(error instanceof DomainError || 'code' in (error as object))) throw error;
        fail(where, (error as Error).message);
      }
    }
  } finally {
    await app.close();
  }
  await say(`${written} contexts imported, ${failed} could not be.`);
  return failed === 0 ? 0 : 1;
}

/** What writes imports, and what follows them, without a server: nothing is run, and nobody is listened to. */
const openImports = (settings: Settings) =>
  NestFactory.createApplicationContext(
    {
      module: ImportModule,
      imports: [
        ConfigModule.with(settings),
        ClockModule,
        EventsModule.with(Settings),
        // Imports write their rows by SQL: nothing here asks TypeORM about a table.
        StorageModule.with([]),
        AttachmentsModule,
        SearchModule,
        TransferModule,
      ],
    },
    { logger: false, abortOnError: false },
  );

type Source = readonly [where: string, files: () => readonly PackedFile[]];

/** Each file by itself, and each folder of a context. What cannot be looked at says so when its turn comes. */
function sourcesIn(path: string, above: readonly string[] = []): readonly Source[] {
  try {
    if (!statSync(path).isDirectory())
      return above.length === 0 || isKnown(path) ? [[path, () => [read(path)]]] : [];
    const here = realpathSync(path);
    // A link to a folder around it: what is there is read already.
    return above.includes(here) ? [] : sourcesInFolder(path, [...above, here]);
  } catch (error) {
    return [
      [
        path,
        () => {
          throw error;
        },
      ],
    ];
  }
}

function sourcesInFolder(path: string, above: readonly string[]): readonly Source[] {
  const names = readdirSync(path).sort();
  if (names.includes('context.json'))
    return [[path, () => [read(join(path, 'context.json')), ...pool(path)]]];
  return names.flatMap((name) => sourcesIn(join(path, name), above));
}

const isKnown = (path: string): boolean => /\.(jsonl?|zip)$/i.test(path);

const pool = (folder: string): readonly PackedFile[] =>
  readdirSync(join(folder, 'messages_pool'))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => read(join(folder, 'messages_pool', name)));

/** Named as in an archive of its folder. */
const read = (path: string): PackedFile => ({
  name: basename(dirname(path)) === 'messages_pool' ? `messages_pool/${basename(path)}` : basename(path),
  bytes: readFileSync(path),
});
