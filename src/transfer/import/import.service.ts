import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Clock } from '../../kernel/clock.js';
import type { FieldError } from '../../kernel/domain-error.js';
import { newId, type ContextId, type Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { Storage } from '../../storage/storage.js';
import type { Tx } from '../../storage/tx.js';
import { convertIds } from '../record/convert-ids.js';
import { importRefused, maxProblems } from '../record/import-refused.js';
import type { ContextRecord, MessageRecord } from '../record/record-kinds.js';
import { recordProblems } from '../record/record-policy.js';
import { settle } from '../record/settle-policy.js';
import { ImportStore } from './import.store.js';
import { mapRows, type ContextRows } from './map-rows.js';

/** What one unit adds: enough to share its COMMIT, little enough that nobody waits for it. */
const messagesPerUnit = 100;
const bytesPerUnit = 1_048_576;

export interface Imported {
  readonly id: ContextId;
  readonly title: string | null;
  readonly message_count: number;
}

/** Writes one record of an import. What is refused is not written, and the next may still be. */
export type Take = (record: ContextRecord, ids: 'same' | 'new') => Promise<void>;

/** Writes records as contexts. They appear whole and together, or not at all. */
@Injectable()
export class ImportService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('transfer');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly store: ImportStore,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    void this.sweep();
    this.timer = setInterval(() => void this.sweep(), this.settings.runLeaseMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** The answer that is recorded under a key, when the same import has come before. */
  async known<Answer>(key: RequestKey | undefined): Promise<Answer | undefined> {
    if (!key) return undefined;
    const unknown = new Error('The key is new.');
    try {
      return await this.storage.commitOnce<Answer>('find_import', key, () => Promise.reject(unknown));
    } catch (error) {
      if (error === unknown) return undefined;
      throw error;
    }
  }

  /**
   * Gives `work` what takes records. Once it is done, all that was taken is there, and its answer is recorded with that.
   * When it throws, nothing is.
   */
  async import<Answer>(
    owner: Owner,
    key: RequestKey | undefined,
    work: (take: Take) => Promise<(imported: readonly Imported[]) => Answer>,
  ): Promise<Answer> {
    const id = newId();
    const taken: ContextRows[] = [];
    await this.storage.commit('begin_import', (tx) => this.store.begin(tx, id));
    const stopRenewing = this.keepRenewing(id);
    try {
      const answer = await work(async (record, ids) => {
        taken.push(await this.take(id, owner, record, ids));
      });
      return await this.storage.commitOnce('end_import', key, async (tx) => {
        await this.store.end(tx, id, taken);
        return answer(taken.map(({ context, message_count }) => ({ ...pick(context), message_count })));
      });
    } finally {
      await stopRenewing();
      // Nothing is left of it when it went well.
      await this.drop(id, (tx) => this.store.abandon(tx, id));
    }
  }

  /** Removes what imports that were cut off have left. */
  async sweep(): Promise<void> {
    try {
      const abandoned = await this.storage.commit('find_imports', (tx) => this.store.abandoned(tx));
      for (const id of abandoned) await this.drop(id, (tx) => this.store.claim(tx, id));
    } catch (error) {
      this.warn(error);
    }
  }

  /** `invalid_request` when the record is no context that could be, `id_taken` when with its own ids it is there already. */
  private async take(
    importId: string,
    owner: Owner,
    read: ContextRecord,
    ids: 'same' | 'new',
  ): Promise<ContextRows> {
    const settled = settle(read);
    await refuseWrong(settled);
    const record = ids === 'new' ? convertIds(settled, newId) : settled;
    const rows = mapRows(record, owner, this.clock.now());
    const { context } = rows;
    await this.storage.commit('import_context', (tx) => this.store.take(tx, importId, context));
    try {
      for (const messages of portions(record.messages))
        await this.storage.commit('import_messages', (tx) => this.store.add(tx, importId, context, messages));
    } catch (error) {
      while (await this.storage.commit('drop_import', (tx) => this.store.dropSome(tx, importId, context.id)));
      throw error;
    }
    return rows;
  }

  /** Keeps the lease of an import while its maker is busy elsewhere; answers what ends that. */
  private keepRenewing(id: string): () => Promise<void> {
    let renewal: Promise<void> | undefined;
    const timer = setInterval(
      () => (renewal ??= this.renew(id).finally(() => (renewal = undefined))),
      Math.ceil(this.settings.runLeaseMs / 3),
    ).unref();
    return async () => {
      clearInterval(timer);
      await renewal;
    };
  }

  /** One that was given up meanwhile hears of it when it writes next. */
  private async renew(id: string): Promise<void> {
    try {
      await this.storage.commit('renew_import', (tx) => this.store.renew(tx, id));
    } catch (error) {
      this.logger.warn({ err: error, msg: 'The lease of an import could not be renewed yet.' });
    }
  }

  /** Removes what is left of an import once `giveUp` has kept it from writing more. */
  private async drop(id: string, giveUp: (tx: Tx) => Promise<boolean>): Promise<void> {
    try {
      if (!(await this.storage.commit('give_up_import', giveUp))) return;
      while (!(await this.storage.commit('drop_import', (tx) => this.store.drop(tx, id))));
    } catch (error) {
      this.warn(error);
    }
  }

  private warn(error: unknown): void {
    this.logger.warn({ err: error, msg: 'What is left of an import could not be removed yet.' });
  }
}

const pick = ({ id, title }: ContextRows['context']): Pick<Imported, 'id' | 'title'> => ({ id, title });

async function refuseWrong(record: ContextRecord): Promise<void> {
  const found: FieldError[] = [];
  for (const problem of recordProblems(record)) {
    if (!problem) await new Promise(setImmediate);
    else if (found.push(problem) >= maxProblems) break;
  }
  if (found.length > 0) throw importRefused(found);
}

function* portions(messages: readonly MessageRecord[]): Generator<readonly MessageRecord[], void> {
  let portion: MessageRecord[] = [];
  let bytes = 0;
  for (const record of messages) {
    portion.push(record);
    // What was streamed is there twice: as text, and as chunks.
    bytes += record.chunks.reduce(
      (sum, { delta }) => sum + delta.length + 50,
      JSON.stringify(record.message).length,
    );
    if (portion.length < messagesPerUnit && bytes < bytesPerUnit) continue;
    yield portion;
    [portion, bytes] = [[], 0];
  }
  if (portion.length > 0) yield portion;
}
