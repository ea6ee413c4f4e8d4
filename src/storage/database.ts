import { DomainError } from '../kernel/domain-error.js';
import type { Owner } from '../kernel/ids.js';
import type { Signal } from '../events/signals.js';
import type { FullText } from './full-text.js';
import type { Snapshot } from './snapshot.js';
import type { Note, Reads, Tx } from './tx.js';

export type Work<Answer> = (tx: Tx) => Promise<Answer>;

export interface Raised {
  readonly owner: Owner;
  readonly signal: Signal;
}

/** What a unit left behind once it was committed. */
export interface Committed<Answer> {
  readonly answer: Answer;
  readonly raised: readonly Raised[];
  readonly notes: readonly Note[];
}

/** The port of the two dialects. Nothing outside `storage/` sees which one is behind it. */
export abstract class Database {
  abstract readonly dialect: 'sqlite' | 'postgres';
  /** Reads of committed rows on connections of their own: they never wait for a writer. */
  abstract readonly reads: Reads;
  abstract readonly fullText: FullText;
  /** Units that have not been committed yet, those that run included. */
  abstract readonly waiting: number;
  /** Runs a unit and commits it, alone or together with others; nothing of it stays when it throws. */
  abstract commit<Answer>(name: string, work: Work<Answer>): Promise<Committed<Answer>>;
  /** One consistent view for a read of many pages, on a connection of its own. Whoever opened it closes it. */
  abstract snapshot(): Promise<Snapshot>;
  /** Throws `storage_unavailable` when nothing can be written before the next start. */
  refuseWhenLost(): void {
    // PostgreSQL ends itself when its disk fails (`data_sync_retry`), and then no read is answered either.
  }
  abstract close(): Promise<void>;
}

export const tooManyWaiting = (): DomainError =>
  new DomainError('storage_unavailable', 'Too many writes are waiting.');

export const unavailable = (): DomainError =>
  new DomainError('storage_unavailable', 'The database cannot be written at the moment.');
