// Fills a database file as the server would, only faster: the rows of the real schema, without the requests.
import Sqlite from 'better-sqlite3';
import { v7 } from 'uuid';
import { paragraph } from './set-up.mjs';

/** The statement that made this table in the server's own file. */
export const tableOf = (databaseFile, table) =>
  readOne(databaseFile, `SELECT sql FROM sqlite_master WHERE name = ?`, table).sql;

/** The row with this id. */
export const rowOf = (databaseFile, table, id) =>
  readOne(databaseFile, `SELECT * FROM ${table} WHERE id = ?`, id);

function readOne(databaseFile, sql, ...params) {
  const db = new Sqlite(databaseFile, { readonly: true });
  try {
    return db.prepare(sql).get(...params);
  } finally {
    db.close();
  }
}

const shortContent = (index) =>
  `Message ${index}: what was said here is as long as people's sentences are, more or less.`;
const longContent = (index) => `${shortContent(index)} ${paragraph}`;

/** Rows to a transaction: enough to be quick, not so many that they have to wait in memory. */
const rowsPerCommit = 50_000;

/** Writes contexts, messages and chunks. The server must not be running. */
export class Seeder {
  #db;
  #statements = new Map();
  #written = 0;

  constructor(databaseFile) {
    this.#db = new Sqlite(databaseFile, { fileMustExist: true });
    // A machine that stops while it seeds has lost nothing.
    this.#db.pragma('synchronous = OFF');
    this.#db.exec('BEGIN');
  }

  /**
   * A context with so many messages, of which the last one streams and has so many chunks (none: none streams).
   * Made at `at`, which orders its id among the others. `isLong` messages have a paragraph each rather than a sentence;
   * `contentOf` makes that of each by its index.
   */
  context({ at, messages, chunks = 0, isLong = false, contentOf = isLong ? longContent : shortContent }) {
    const id = v7({ msecs: at });
    const messageIds = Array.from({ length: messages }, (_, index) => v7({ msecs: at + index }));
    const streamId = chunks > 0 ? messageIds.at(-1) : undefined;
    messageIds.forEach((messageId, index) =>
      this.#message({
        ...{
          contextId: id,
          messageId,
          index,
          at: at + index,
          isStreaming: messageId === streamId,
          contentOf,
        },
        parentId: messageIds[index - 1] ?? null,
      }),
    );
    this.#insert('branches', {
      ...{ context_id: id, id: 'main', name: 'main', parent_branch: null, fork_depth: 0 },
      ...{ head_message_id: messageIds.at(-1) ?? null, head_depth: messages, created_at: at },
    });
    this.#contextRow(id, at, streamId, messages);
    if (streamId) this.#stream(id, streamId, chunks);
    return { contextId: id, messageIds, streamId };
  }

  /** Leaves it to the server to index the messages of a context, as after an upgrade. */
  backlog({ contextId }) {
    this.#insert('search_backlog', { context_id: contextId, before_message: '~' });
  }

  close() {
    this.#db.exec('COMMIT');
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
    this.#db.close();
  }

  #contextRow(id, at, streamId, messages) {
    const state = streamId
      ? { type: 'streaming_response', message_id: streamId, sequence: 0 }
      : { type: 'awaiting_user', reason: 'input' };
    this.#insert('contexts', {
      ...{ id, owner: 'local', title: null, title_folded: null, title_source: null, config: '{}' },
      ...{ state_type: state.type, state: JSON.stringify(state), is_archived: 0, active_branch: 'main' },
      ...{ revision: messages + 1, created_at: at, updated_at: at },
    });
  }

  #message({ contextId, messageId, parentId, index, at, isStreaming, contentOf }) {
    const content = contentOf(index);
    const hint = { summary: shortContent(index), collapsed: false, icon: 'message' };
    const started = new Date(at).toISOString();
    const data = isStreaming
      ? { content: '', model: 'external', started_at: started, final_sequence: 0 }
      : { content };
    this.#insert('messages', {
      ...{ context_id: contextId, id: messageId, branch: 'main', depth: index + 1, parent_id: parentId },
      ...(isStreaming
        ? { role: 'assistant', kind: 'streaming_response', status: 'streaming' }
        : { role: 'user', kind: 'text', status: 'complete' }),
      ...{ revision: index + 2, created_at: at, final_sequence: null, finish_reason: null },
      metadata: JSON.stringify({ source: 'external', display_hint: hint }),
      data: JSON.stringify(data),
    });
  }

  #stream(contextId, messageId, chunks) {
    const now = Date.now();
    const delta = JSON.stringify(' streaming');
    for (let sequence = 1; sequence <= chunks; sequence++)
      this.#insert('chunks', {
        ...{ message_id: messageId, sequence, kind: 'text', tool_call_id: null, delta, created_at: now },
      });
    this.#insert('open_streams', {
      ...{ message_id: messageId, context_id: contextId, run_id: null, sequence: chunks },
      ...{ bytes: chunks * 10, started_at: now, appended_at: now },
    });
  }

  #insert(table, row) {
    let statement = this.#statements.get(table);
    if (!statement) {
      const columns = Object.keys(row);
      const values = columns.map((column) => `@${column}`);
      statement = this.#db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${values})`);
      this.#statements.set(table, statement);
    }
    statement.run(row);
    if (++this.#written % rowsPerCommit === 0) this.#db.exec('COMMIT; BEGIN');
  }
}
