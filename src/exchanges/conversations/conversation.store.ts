import { Injectable } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import type { Tx } from '../../storage/tx.js';
import type { KeptJson } from '../exchange-kinds.js';

/** Writes what is kept with conversations. Rows go with their context. */
@Injectable()
export class ConversationStore {
  async keep(tx: Tx, { id }: Context, metadata: KeptJson): Promise<void> {
    await tx.run(
      `INSERT INTO conversations (context_id, metadata) VALUES (?, ?)
       ON CONFLICT (context_id) DO UPDATE SET metadata = excluded.metadata`,
      ...[id, JSON.stringify(metadata)],
    );
  }
}
