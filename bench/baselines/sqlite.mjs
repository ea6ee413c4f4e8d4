// What better-sqlite3 alone does with the same rows in the same table at the same durability: WAL, FULL, so many rows
// to a COMMIT.
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { answerAsks } from '../lib/answer-asks.mjs';

let append;

/** `rows` are the chunks of one append, without the columns that say where they go. */
function open({ folder, ddl, messageIds, rows }) {
  const db = new Sqlite(join(folder, 'raw.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(ddl);
  const columns = ['message_id', 'sequence', ...Object.keys(rows[0])];
  const values = rows.map((row) => Object.values(row));
  const insert = db.prepare(
    `INSERT INTO chunks (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
  );
  const sequences = new Map(messageIds.map((id) => [id, 0]));
  let turn = 0;
  append = db.transaction(() => {
    const id = messageIds[turn++ % messageIds.length];
    let sequence = sequences.get(id);
    for (const row of values) insert.run(id, ++sequence, ...row);
    sequences.set(id, sequence);
  });
}

function run({ seconds }) {
  const began = performance.now();
  const until = began + seconds * 1000;
  let commits = 0;
  for (; performance.now() < until; commits++) append();
  return { requests: commits, seconds: (performance.now() - began) / 1000 };
}

answerAsks({ open, run });
