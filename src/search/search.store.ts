import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { Context } from '../contexts/context-row.js';
import type { MessagePayload } from '../messages/message-kinds.js';
import type { MessageFollower, SomeMessages, WrittenMessage } from '../messages/message-followers.js';
import { removeTexts } from '../storage/full-text.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { indexWords } from './convert-text.js';
import { mapToSearchText, modelOf } from './map-to-search-text.js';
import { firstNumber, numbersPerMs } from './search-number-format.js';
import { tagsOf } from './search-tags-format.js';

/** What the index needs of a message. */
export type Searched = Pick<WrittenMessage, 'id' | 'role' | 'kind' | 'created_at' | 'data'>;

const ofContext = `SELECT id FROM search_documents WHERE context_id = ?`;
const ofMessage = `SELECT id FROM search_documents WHERE context_id = ? AND message_id = ?`;

/** Keeps the index, in the very unit that writes the message. One that is still open is not in it. */
@Injectable()
export class SearchStore implements MessageFollower {
  constructor(
    private readonly storage: Storage,
    private readonly settings: Settings,
  ) {}

  async written(tx: Tx, context: Context, message: WrittenMessage): Promise<void> {
    if (message.status !== 'streaming') await this.add(tx, context, message);
  }

  async removing(tx: Tx, context: Context, ids: SomeMessages): Promise<void> {
    if (ids === 'all') {
      await tx.run(removeTexts(ofContext), context.id);
      await tx.run(`DELETE FROM search_documents WHERE context_id = ?`, context.id);
      await tx.run(`DELETE FROM search_backlog WHERE context_id = ?`, context.id);
      return;
    }
    for (const id of ids) {
      await tx.run(removeTexts(ofMessage), context.id, id);
      await tx.run(`DELETE FROM search_documents WHERE context_id = ? AND message_id = ?`, context.id, id);
    }
  }

  /** Adds a final message, unless it is in the index already. */
  async add(
    tx: Tx,
    { id: context_id, owner }: Pick<Context, 'id' | 'owner'>,
    message: Searched,
  ): Promise<void> {
    const number = await this.take(tx, {
      context_id,
      message_id: message.id,
      created_at: message.created_at,
    });
    if (number === undefined) return;
    const payload = message as MessagePayload;
    const { role, kind } = message;
    await this.storage.fullText.add(tx, number, {
      tags: tagsOf({ owner, context_id, role, kind, model: modelOf(payload) }),
      words: indexWords(mapToSearchText(payload), this.settings.fullTextMaxWords),
    });
  }

  /** A number that is free, as close to the message's time as there is one; undefined when the message has one. */
  private async take(
    tx: Tx,
    document: { readonly context_id: string; readonly message_id: string; readonly created_at: number },
  ): Promise<number | undefined> {
    const { context_id, message_id, created_at } = document;
    const first = firstNumber(created_at);
    // Messages that were imported may all be of one millisecond: then the range grows until there is room.
    for (let range = numbersPerMs; ; range *= 4) {
      const id = first + randomInt(range);
      const added = await tx.run(
        `INSERT INTO search_documents (id, context_id, message_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        ...[id, context_id, message_id, created_at],
      );
      if (added === 1) return id;
      if (await tx.get(ofMessage, context_id, message_id)) return undefined;
    }
  }
}
