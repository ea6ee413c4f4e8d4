import { Injectable } from '@nestjs/common';
import type { ContextId, MessageId, RunId } from '../../kernel/ids.js';
import { inBatches } from '../../messages/in-batches.js';
import type { PromptMessage } from '../../providers/language-model.js';
import { inList } from '../../storage/in-list.js';
import { Storage } from '../../storage/storage.js';
import type { ExchangeItemEntity } from '../tables/exchange-item.entity.js';
import type { Item, KeptJson } from '../exchange-kinds.js';
import type { PromptsOf } from './convert-history.js';

interface Kept {
  readonly prompts: PromptsOf;
  /** The messages that came with the exchange asked about. */
  readonly own: ReadonlySet<MessageId>;
}

type Found = Omit<ExchangeItemEntity, 'context_id'> & {
  readonly created_at: number;
  readonly role: string;
  /** JSON of the message's data, where it says the item itself. */
  readonly data: string | null;
};

/** Reads what is kept of messages as items. */
@Injectable()
export class ItemsPull {
  constructor(private readonly storage: Storage) {}

  async promptsOf(contextId: ContextId, ids: readonly MessageId[], runId: RunId): Promise<Kept> {
    const prompts = new Map<MessageId, PromptMessage | null>();
    const own = new Set<MessageId>();
    for (const { message_id, run_id, prompt } of await this.of(contextId, ids)) {
      if (run_id === runId) own.add(message_id);
      if (prompt !== null) prompts.set(message_id, JSON.parse(prompt) as PromptMessage | null);
    }
    return { prompts, own };
  }

  /** What an exchange added, oldest first. */
  async inputsOf(contextId: ContextId, id: RunId): Promise<readonly Item[]> {
    const rows = await this.storage.reads.all<Found>(
      `SELECT i.message_id, i.run_id, i.is_output, i.prompt, i.raw, m.created_at, m.role,
         CASE WHEN i.prompt IS NULL THEN m.data END AS data
       FROM exchange_items i JOIN messages m ON m.context_id = i.context_id AND m.id = i.message_id
       WHERE i.context_id = ? AND i.run_id = ? AND i.is_output = 0 ORDER BY i.message_id`,
      ...[contextId, id],
    );
    return rows.filter(({ prompt }) => prompt !== 'null').map(toItem);
  }

  /** In no order. */
  async of(contextId: ContextId, ids: readonly MessageId[]): Promise<readonly ExchangeItemEntity[]> {
    const found: ExchangeItemEntity[] = [];
    for (const some of inBatches(ids)) {
      const { marks, params } = inList(some);
      const sql = `SELECT * FROM exchange_items WHERE context_id = ? AND message_id IN (${marks})`;
      found.push(...(await this.storage.reads.all<ExchangeItemEntity>(sql, contextId, ...params)));
    }
    return found;
  }
}

const toItem = ({ message_id, run_id, is_output, prompt, raw, created_at, role, data }: Found): Item => ({
  id: message_id,
  prompt: prompt === null ? plain(role, data) : (JSON.parse(prompt) as PromptMessage),
  ...(raw !== null && { raw: JSON.parse(raw) as KeptJson }),
  exchange_id: run_id,
  is_output: is_output === 1,
  created_at,
});

/** The prompt of a message that says it itself: a text, in whatever role. */
function plain(role: string, data: string | null): PromptMessage {
  const { content } = JSON.parse(data ?? '{"content":""}') as { readonly content: string };
  if (role === 'system' || role === 'assistant') return { role, content };
  return { role: 'user', parts: [{ type: 'text', text: content }] };
}
