// The least that a server with our promise has to do for a signal: take a request, make one row durable, then write
// the same bytes to everybody. node:http and better-sqlite3, and nothing else.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { answerAsks } from '../lib/answer-asks.mjs';

const subscribers = new Set();

function follow(response, snapshot) {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write(snapshot);
  subscribers.add(response);
  response.on('close', () => subscribers.delete(response));
}

async function act(request, response, { commit, frames, answer }) {
  for await (const bytes of request) JSON.parse(bytes);
  commit();
  frames.push(frames.shift());
  for (const subscriber of subscribers) subscriber.write(frames[0]);
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': answer.length });
  response.end(answer);
}

/** A row of the real table, made durable each time. */
function openDatabase({ folder, ddl, row }) {
  const db = new Sqlite(join(folder, 'raw.db'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(ddl);
  const columns = Object.keys(row);
  const values = columns.map((column) => `@${column}`);
  db.prepare(`INSERT INTO contexts (${columns}) VALUES (${values})`).run(row);
  const move = db.prepare(
    `UPDATE contexts SET state = ?, state_type = ?, revision = revision + 1 WHERE id = ?`,
  );
  return () => move.run(row.state, row.state_type, row.id);
}

answerAsks({
  listen: async ({ snapshot, frames, answer, database }) => {
    const acting = { commit: openDatabase(database), frames: [...frames], answer: Buffer.from(answer) };
    const server = createServer((request, response) =>
      request.method === 'GET' ? follow(response, snapshot) : act(request, response, acting),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}`;
  },
});
