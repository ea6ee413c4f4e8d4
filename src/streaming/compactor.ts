import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { MessageId } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { blockSize, packChunks } from './block-format.js';
import type { ChunkEntity } from './chunk.entity.js';

const everyMs = 1_000;
const retryAfterMs = 60_000;
/** Chunks moved in one unit: other writers wait no longer than these take. */
const perUnit = 4 * blockSize;

/**
 * Packs the chunks of final messages into a fraction of the rows, in small units between everybody else's. It holds
 * no state: what is left to do is in the `compactions` table, and each unit leaves every chunk in exactly one place.
 */
@Injectable()
export class Compactor implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('streaming');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private isEnding = false;

  constructor(
    private readonly storage: Storage,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.later();
  }

  async onModuleDestroy(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private later(): void {
    if (this.isEnding) return;
    this.timer = setTimeout(() => {
      this.working = this.work()
        .catch((error: unknown) =>
          this.logger.warn({ err: error, msg: 'Chunks could not be packed; it is tried again.' }),
        )
        .finally(() => this.later());
    }, everyMs).unref();
  }

  private async work(): Promise<void> {
    while (!this.isEnding && (await this.step())) {
      // One unit after another, each queued behind whoever waits already.
    }
  }

  /** True while there is more to do. */
  private async step(): Promise<boolean> {
    const sql = `SELECT message_id FROM compactions WHERE due_at <= ? ORDER BY due_at LIMIT 1`;
    const due = await this.storage.reads.get<{ message_id: MessageId }>(sql, this.clock.now());
    if (!due) return false;
    try {
      await this.storage.commit('pack_chunks', (tx) => pack(tx, due.message_id));
    } catch (error) {
      // Not first in line again: it would keep every other message from being packed.
      const later = this.clock.now() + retryAfterMs;
      const sqlLater = `UPDATE compactions SET due_at = ? WHERE message_id = ?`;
      await this.storage.commit('pack_later', (tx) => tx.run(sqlLater, later, due.message_id));
      throw error;
    }
    return true;
  }
}

async function pack(tx: Tx, messageId: MessageId): Promise<void> {
  // Kept from other nodes until the unit ends; gone when one of them was here first, or the context was deleted.
  const due = await tx.lock(`SELECT message_id FROM compactions WHERE message_id = ?`, messageId);
  if (!due) return;
  const chunks = await tx.all<ChunkEntity>(
    `SELECT message_id, sequence, kind, tool_call_id, delta, created_at FROM chunks
     WHERE message_id = ? ORDER BY sequence LIMIT ?`,
    ...[messageId, perUnit],
  );
  const last = chunks.at(-1);
  if (last) {
    await tx.insertMany(
      'chunk_blocks',
      packChunks(chunks).map((block) => ({ ...block })),
    );
    await tx.run(`DELETE FROM chunks WHERE message_id = ? AND sequence <= ?`, messageId, last.sequence);
  }
  if (chunks.length < perUnit) await tx.run(`DELETE FROM compactions WHERE message_id = ?`, messageId);
}
