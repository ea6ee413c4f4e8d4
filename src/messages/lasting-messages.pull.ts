import { Injectable } from '@nestjs/common';
import type { BranchId, MessageId } from '../kernel/ids.js';
import { inList, isSome } from '../storage/in-list.js';
import { Storage } from '../storage/storage.js';
import { readLine, type Segment } from './branch-line.js';
import type { MessageEntity } from './message.entity.js';
import type { Message } from './message-kinds.js';
import { readMessage } from './message-row.js';
import { MessageTexts, type Pool } from './message-texts.js';

/** What of a branch is sent to a model however old it is. */
export interface LastingMessages {
  /** Every pinned message of the context, on this branch or not. */
  readonly pinned: ReadonlySet<MessageId>;
  /** The pinned messages of the branch, and its newest summary, oldest first. */
  readonly messages: readonly Message[];
}

type Place = Pick<MessageEntity, 'id' | 'branch' | 'depth'>;

/** Reads what the newest messages of a branch do not hold any more, and the model is told nevertheless. */
@Injectable()
export class LastingMessagesPull {
  constructor(
    private readonly storage: Storage,
    private readonly texts: MessageTexts,
  ) {}

  async ofBranch(pool: Pool, branch: BranchId): Promise<LastingMessages> {
    const line = await readLine(this.storage.reads, pool.id, branch);
    const pinned = await this.pinned(pool);
    const summary = await this.newestSummary(pool, line);
    const places = [...(await this.places(pool, pinned)), ...(summary ? [summary] : [])];
    const ids = inOrder(line, places).map(({ id }) => id);
    const messages = await this.texts.whole(pool, await this.texts.find(pool, [...new Set(ids)]));
    return { pinned: new Set(pinned), messages: messages.map(readMessage) };
  }

  private async pinned({ id }: Pool): Promise<readonly MessageId[]> {
    const sql = `SELECT message_id FROM pins WHERE context_id = ?`;
    const rows = await this.storage.reads.all<{ message_id: MessageId }>(sql, id);
    return rows.map(({ message_id }) => message_id);
  }

  private async places({ id }: Pool, ids: readonly MessageId[]): Promise<Place[]> {
    if (!isSome(ids)) return [];
    const { marks, params } = inList(ids);
    return this.storage.reads.all<Place>(
      `SELECT id, branch, depth FROM messages WHERE context_id = ? AND id IN (${marks})`,
      ...[id, ...params],
    );
  }

  private async newestSummary({ id }: Pool, line: readonly Segment[]): Promise<Place | undefined> {
    for (const { branch, from, to } of line) {
      const found = await this.storage.reads.get<Place>(
        `SELECT id, branch, depth FROM messages
         WHERE context_id = ? AND branch = ? AND kind = 'summary' AND depth BETWEEN ? AND ? ORDER BY depth DESC LIMIT 1`,
        ...[id, branch, from, to],
      );
      if (found) return found;
    }
    return undefined;
  }
}

/** Those of the places that are on the line, as they follow one another there. Pure. */
function inOrder(line: readonly Segment[], places: readonly Place[]): readonly Place[] {
  return [...line].reverse().flatMap(({ branch, from, to }) => {
    const here = places.filter(
      (place) => place.branch === branch && from <= place.depth && place.depth <= to,
    );
    return here.sort((a, b) => a.depth - b.depth);
  });
}
