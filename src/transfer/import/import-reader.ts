import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId, type Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { conversationIn } from '../foreign/conversation-in.js';
import { layOut } from '../foreign/lay-out.js';
import { importRefused } from '../record/import-refused.js';
import { isRecord, readRecord, type RecordLimits } from '../record/read-record.js';
import type { ContextRecord } from '../record/record-kinds.js';
import { ImportService, type Imported, type Take } from './import.service.js';
import type { PackedFile } from './unzip.js';
import { valuesIn, valuesOf } from './values-in.js';

export const idChoices = ['new', 'same'] as const;
export type IdChoice = (typeof idChoices)[number];

export interface ImportQuery {
  readonly ids: IdChoice;
}

export interface ImportOutcome {
  readonly contexts: readonly Imported[];
  readonly errors: readonly ImportError[];
}

/** A context of the file that was left out. */
export interface ImportError {
  /** Where it is in the file: its place, from 0. */
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** Contexts named in one answer as left out. */
const maxErrors = 100;

/** Values of a file that may be wrong before the rest is not looked at any more. */
const maxWrong = 10_000;

/** Values that are read between two turns of the event loop. */
const valuesPerTurn = 100;

/** Reads files that are imported, and imports what is in them. */
@Injectable()
export class ImportReader {
  constructor(
    private readonly service: ImportService,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /**
   * One that is wrong is left out and named. When that leaves none, its refusal is thrown: `invalid_request`, `id_taken`
   * or `limit_exceeded`; the last also when too many are wrong, and then nothing is imported.
   */
  async import(owner: Owner, bytes: Buffer, { ids }: ImportQuery, key?: RequestKey): Promise<ImportOutcome> {
    const known = await this.service.known<ImportOutcome>(key);
    return known ?? this.take(owner, ids, await valuesIn(bytes, this.settings.importUnpackedBytes), key);
  }

  /** The same for files of a folder: one, or those of a context. */
  async importFiles(
    owner: Owner,
    files: readonly PackedFile[],
    { ids }: ImportQuery,
  ): Promise<ImportOutcome> {
    const [only] = files;
    const values =
      only && files.length === 1 && only.name !== 'context.json'
        ? await valuesIn(only.bytes, this.settings.importUnpackedBytes)
        : await valuesOf(files);
    return this.take(owner, ids, values);
  }

  private take(
    owner: Owner,
    ids: IdChoice,
    values: readonly unknown[],
    key?: RequestKey,
  ): Promise<ImportOutcome> {
    return this.service.import(owner, key, async (take) => {
      const left = await this.takeAll(take, values, ids);
      return (contexts) => ({ contexts, errors: left });
    });
  }

  private async takeAll(
    take: Take,
    values: readonly unknown[],
    ids: IdChoice,
  ): Promise<readonly ImportError[]> {
    const errors: ImportError[] = [];
    let first: DomainError | undefined;
    let [left, wrong] = [0, 0];
    for (const [index, value] of values.entries()) {
      if (index % valuesPerTurn === valuesPerTurn - 1) await new Promise(setImmediate);
      try {
        await take(await recordOf(value, this.clock.now(), this.settings), ids);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        first ??= error;
        left++;
        if (errors.length < maxErrors) errors.push({ index, code: error.code, message: error.message });
        // What is there already is no mistake: a large file may well be sent again.
        if (error.code !== 'id_taken' && ++wrong > maxWrong) throw tooManyWrong();
      }
    }
    if (left < values.length) return errors;
    throw first ?? importRefused([{ path: '', message: 'The file has no context in it' }]);
  }
}

const tooManyWrong = (): DomainError =>
  new DomainError(
    'limit_exceeded',
    `More than ${maxWrong} values of the file are no contexts that could be; nothing of it was imported.`,
  );

/** Whether it is about what was sent, so that what comes behind it may still go well. */
const isRefusal = (error: unknown): error is DomainError =>
  error instanceof DomainError && ['invalid_request', 'id_taken', 'limit_exceeded'].includes(error.code);

function recordOf(value: unknown, now: number, limits: RecordLimits): Promise<ContextRecord> {
  if (isRecord(value)) return readRecord(value, limits);
  const conversation = conversationIn(value);
  if (conversation) return readRecord(layOut(conversation, newId, now), limits);
  throw importRefused([{ path: '', message: 'It is nothing that is known here' }]);
}
