import { Injectable } from '@nestjs/common';
import { DomainError } from '../kernel/domain-error.js';
import type { MessageId, Owner, RunId } from '../kernel/ids.js';
import type { Dialect } from '../providers/language-model.js';
import { Storage } from '../storage/storage.js';
import type { NewChunk } from '../streaming/chunk-kinds.js';
import { readChunks } from '../streaming/chunk-rows.js';
import type { Exchange, ExchangeFailure, ExchangeStatus, KeptJson } from './exchange-kinds.js';
import type { Mark, PlacedMark, RecordedPage } from './execution/part-format.js';
import type { ExchangeEntity } from './tables/exchange.entity.js';
import type { ExchangePartEntity } from './tables/exchange-part.entity.js';

type Found = Omit<ExchangeEntity, 'request' | 'history_at' | 'after_id'> & {
  readonly status: string;
  readonly model: string | null;
  readonly answering_model: string | null;
  readonly error: string | null;
  readonly ended_at: number | null;
};

type Standing = Pick<Found, 'status' | 'context_id' | 'message_id' | 'error'> & {
  readonly sequence: number | null;
  readonly position: number | null;
};

/** How far an answer has been read. */
export interface ReadUpTo {
  readonly sequence: number;
  readonly position: number;
}

/** What has come of an answer after some point. */
export interface PartsPage extends RecordedPage {
  readonly upto: ReadUpTo;
  /** Read at once with where the answer ends: when there is no more and it is final, this was all. */
  readonly status: ExchangeStatus;
  readonly failure?: ExchangeFailure;
  readonly has_more: boolean;
}

/** Reads exchanges and what has come of their answers. What `owner` may not see is not there. */
@Injectable()
export class ExchangesPull {
  constructor(private readonly storage: Storage) {}

  /** `run_not_found`. */
  async one(id: RunId, owner: Owner): Promise<Exchange> {
    const found = await this.storage.reads.get<Found>(
      `SELECT e.run_id, e.context_id, e.message_id, e.last_message_id, e.dialect, e.raw, e.created_at,
         r.status, r.model, r.answering_model, r.error, r.ended_at
       FROM exchanges e JOIN runs r ON r.id = e.run_id JOIN contexts c ON c.id = e.context_id
       WHERE e.run_id = ? AND c.owner = ?`,
      ...[id, owner],
    );
    if (!found) throw exchangeNotFound(id);
    return toExchange(found);
  }

  /** At most `limit` chunks after `from`, with the marks between and behind them. `run_not_found`. */
  async partsAfter(id: RunId, owner: Owner, from: ReadUpTo, limit: number): Promise<PartsPage> {
    // Where it ends first, the rows second: what is committed in between is beyond this page, never missing from it.
    const standing = await this.standing(id, owner);
    const { message_id: messageId, status: runStatus, error } = standing;
    const last = Math.max(standing.sequence ?? 0, from.sequence);
    const sequence = Math.min(last, from.sequence + limit);
    const chunks = await this.chunks(messageId, from.sequence, sequence);
    const marks = await this.marks(standing, id, from.position, {
      sequence,
      position: standing.position ?? 0,
    });
    if (chunks === undefined) {
      // Deleted since the first look: then it is not found now.
      await this.standing(id, owner);
      throw new Error(`Chunks of message ${messageId} are missing after ${from.sequence}.`);
    }
    const status = statusOf(runStatus);
    const failure = failureOf(runStatus, error);
    const position = marks.at(-1)?.position ?? from.position;
    return {
      chunks,
      marks,
      upto: { sequence, position },
      status,
      ...(failure && { failure }),
      has_more: sequence < last || position < (standing.position ?? 0),
    };
  }

  private async standing(id: RunId, owner: Owner): Promise<Standing> {
    const standing = await this.storage.reads.get<Standing>(
      `SELECT e.context_id, e.message_id, r.status, r.error, COALESCE(s.sequence, m.final_sequence) AS sequence,
         (SELECT max(p.position) FROM exchange_parts p WHERE p.context_id = e.context_id AND p.run_id = e.run_id) AS position
       FROM exchanges e JOIN runs r ON r.id = e.run_id JOIN contexts c ON c.id = e.context_id
       LEFT JOIN messages m ON m.context_id = e.context_id AND m.id = e.message_id
       LEFT JOIN open_streams s ON s.message_id = e.message_id
       WHERE e.run_id = ? AND c.owner = ?`,
      ...[id, owner],
    );
    if (!standing) throw exchangeNotFound(id);
    return standing;
  }

  private async chunks(
    messageId: MessageId,
    after: number,
    upto: number,
  ): Promise<RecordedPage['chunks'] | undefined> {
    const texts = await readChunks(this.storage.reads, messageId, { after, upto });
    return texts && (JSON.parse(`[${texts.join()}]`) as (NewChunk & { readonly sequence: number })[]);
  }

  /** The marks that follow no chunk past the page's. */
  private async marks(
    { context_id }: Standing,
    id: RunId,
    after: number,
    upto: ReadUpTo,
  ): Promise<PlacedMark[]> {
    const rows = await this.storage.reads.all<ExchangePartEntity>(
      `SELECT position, after_sequence, part FROM exchange_parts
       WHERE context_id = ? AND run_id = ? AND position > ? AND position <= ? AND after_sequence <= ? ORDER BY position`,
      ...[context_id, id, after, upto.position, upto.sequence],
    );
    return rows.map(({ position, after_sequence, part }) => ({
      position,
      after_sequence,
      mark: JSON.parse(part) as Mark,
    }));
  }
}

const statuses: { readonly [status: string]: ExchangeStatus } = {
  queued: 'queued',
  accepted: 'queued',
  completed: 'completed',
  failed: 'failed',
  interrupted: 'failed',
  cancelled: 'cancelled',
};

const statusOf = (runStatus: string): ExchangeStatus => statuses[runStatus] ?? 'in_progress';

function failureOf(runStatus: string, error: string | null): ExchangeFailure | undefined {
  if (runStatus === 'cancelled')
    return { code: 'cancelled', message: 'The answer was cancelled.', retryable: false };
  if (statusOf(runStatus) !== 'failed') return undefined;
  // A run's failure also says what the state machine needed to know of it.
  const {
    code = 'interrupted',
    message = 'The answer was interrupted.',
    retryable = true,
  } = JSON.parse(error ?? '{}') as Partial<ExchangeFailure>;
  return { code, message, retryable };
}

function toExchange(row: Found): Exchange {
  const failure = failureOf(row.status, row.error);
  return {
    id: row.run_id,
    context_id: row.context_id,
    message_id: row.message_id,
    run_id: row.run_id,
    status: statusOf(row.status),
    dialect: row.dialect as Dialect,
    model: row.model ?? '',
    answering_model: row.answering_model,
    raw: JSON.parse(row.raw) as KeptJson,
    ...(failure && { failure }),
    last_message_id: row.last_message_id,
    created_at: row.created_at,
    ended_at: row.ended_at,
  };
}

export const exchangeNotFound = (id: RunId): DomainError =>
  new DomainError('run_not_found', `There is no exchange ${id}.`);
