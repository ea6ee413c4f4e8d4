import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import type { ContextId, MessageId } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { SearchStore, type Searched } from './search.store.js';

const everyMs = 5_000;
/** Messages that are looked at in one unit, and their bytes: other writers wait no longer than these take. */
const perUnit = 50;
const bytesPerUnit = 131_072;

interface Waiting {
  readonly id: MessageId;
  readonly bytes: number;
}

/**
 * Brings into the index what was there before it, the newest contexts first, in small units between everybody else's. It
 * holds no state that counts: what is left to do is in the `search_backlog` table. A message that comes meanwhile is in the index
 * by its own unit, and one that has a number is passed over.
 */
@Injectable()
export class Indexer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('search');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private isEnding = false;

  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly store: SearchStore,
  ) {}

  onApplicationBootstrap(): void {
    this.begin();
  }

  async onModuleDestroy(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private begin(): void {
    this.working = this.work()
      .catch((error: unknown) =>
        this.logger.warn({ err: error, msg: 'Messages could not be indexed; it is tried again.' }),
      )
      .finally(() => {
        if (!this.isEnding) this.timer = setTimeout(() => this.begin(), everyMs).unref();
      });
  }

  /** Every context of the backlog once; what fails is tried again after all others. */
  private async work(): Promise<void> {
    const failures: unknown[] = [];
    // Behind every id, in whatever order a database has letters.
    for (let context = await this.next('z'); context && !this.isEnding; context = await this.next(context))
      await this.indexAll(context).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  private async next(below: string): Promise<ContextId | undefined> {
    // Those that were deleted and may come back wait until they do.
    const sql = `SELECT b.context_id FROM search_backlog b JOIN contexts c ON c.id = b.context_id
                 WHERE b.context_id < ? ORDER BY b.context_id DESC LIMIT 1`;
    return (await this.storage.reads.get<{ context_id: ContextId }>(sql, below))?.context_id;
  }

  private async indexAll(id: ContextId): Promise<void> {
    while (!this.isEnding && (await this.storage.commit('index_messages', (tx) => this.indexSome(tx, id)))) {
      // One unit after another, each queued behind whoever waits already.
    }
  }

  /** True while there is more to do in this context. */
  private async indexSome(tx: Tx, id: ContextId): Promise<boolean> {
    // Kept from whoever would remove its messages meanwhile.
    const context = await this.contexts.tryLock(tx, id);
    const sql = `SELECT before_message FROM search_backlog WHERE context_id = ?`;
    const left = await tx.get<{ before_message: string }>(sql, id);
    if (!context || !left) return false;
    const waiting = await tx.all<Waiting>(
      `SELECT id, octet_length(data) AS bytes FROM messages WHERE context_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
      ...[id, left.before_message, perUnit],
    );
    const some = fitting(waiting);
    for (const message of some) await this.index(tx, context, message.id);
    const last = some.at(-1);
    if (last && (some.length < waiting.length || waiting.length === perUnit)) {
      await tx.run(`UPDATE search_backlog SET before_message = ? WHERE context_id = ?`, last.id, id);
      return true;
    }
    await tx.run(`DELETE FROM search_backlog WHERE context_id = ?`, id);
    return false;
  }

  private async index(tx: Tx, context: Context, id: MessageId): Promise<void> {
    // One that is open comes into the index when it is final.
    const sql = `SELECT id, role, kind, created_at, data FROM messages WHERE context_id = ? AND id = ? AND status <> 'streaming'`;
    const row = await tx.get<Omit<Searched, 'data'> & { data: string }>(sql, context.id, id);
    if (row) await this.store.add(tx, context, { ...row, data: JSON.parse(row.data) as object });
  }
}

/** As many as may be read at once; one at least. */
function fitting(waiting: readonly Waiting[]): Waiting[] {
  let bytes = 0;
  return waiting.filter((message, index) => (bytes += message.bytes) <= bytesPerUnit || index === 0);
}
