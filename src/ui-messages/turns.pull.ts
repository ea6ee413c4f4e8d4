import { Injectable } from '@nestjs/common';
import type { BranchId, ContextId, MessageId, RunId } from '../kernel/ids.js';
import type { RunEntity } from '../runs/run.entity.js';
import { Storage } from '../storage/storage.js';

export type TurnRun = Pick<RunEntity, 'id' | 'branch' | 'status' | 'message_id' | 'error'>;

const columns = 'id, branch, status, message_id, error';

/** Reads which runs there are, of a context that is known to be the caller's. */
@Injectable()
export class TurnsPull {
  constructor(private readonly storage: Storage) {}

  one(contextId: ContextId, id: RunId): Promise<TurnRun | undefined> {
    const sql = `SELECT ${columns} FROM runs WHERE id = ? AND context_id = ?`;
    return this.storage.reads.get<TurnRun>(sql, id, contextId);
  }

  /** The run that holds the context's turn, unless it waits for its user. */
  underWay(contextId: ContextId): Promise<TurnRun | undefined> {
    const sql = `SELECT ${columns} FROM runs
      WHERE context_id = ? AND status IN ('accepted', 'running') AND kind <> 'title' ORDER BY id LIMIT 1`;
    return this.storage.reads.get<TurnRun>(sql, contextId);
  }

  /** The message at the end of a branch; undefined for an empty one. */
  async head(contextId: ContextId, branch: BranchId): Promise<MessageId | undefined> {
    const sql = `SELECT head_message_id FROM branches WHERE context_id = ? AND id = ? AND deleted_at IS NULL`;
    const found = await this.storage.reads.get<{ readonly head_message_id: MessageId | null }>(
      sql,
      contextId,
      branch,
    );
    return found?.head_message_id ?? undefined;
  }
}
