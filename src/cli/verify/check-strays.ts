import type { IdempotencyKeyEntity } from '../../storage/idempotency-key.entity.js';
import type { Reads } from '../../storage/tx.js';
import { attachmentStrays } from './attachment-strays.js';
import { parseJson } from './parse-json.js';
import { paged } from './paged.js';
import { promptStrays } from './prompt-strays.js';
import { exchangeStrays } from './exchange-strays.js';
import { searchStrays } from './search-strays.js';
import type { Stray } from './stray.js';
import { usageStrays } from './usage-strays.js';

/** Findings of one sort; a database that has more of them has been told enough. */
const most = 1000;

const withoutContext = (table: string, id: string): Stray => ({
  sql: `SELECT t.${id} AS id FROM ${table} t LEFT JOIN contexts c ON c.id = t.context_id
        LEFT JOIN deleted_contexts d ON d.id = t.context_id WHERE c.id IS NULL AND d.id IS NULL`,
  says: (stray) => `${table} ${stray}: its context is not there`,
});

const ofNoStream = (table: string): Stray => ({
  sql: `SELECT t.message_id AS id FROM (SELECT DISTINCT message_id FROM ${table}) t
        LEFT JOIN messages m ON m.id = t.message_id AND m.kind = 'streaming_response' WHERE m.id IS NULL`,
  says: (stray) => `${table} of message ${stray}: there is no such streamed message`,
});

const strays: readonly Stray[] = [
  withoutContext('branches', 'id'),
  withoutContext('branch_parts', 'branch'),
  withoutContext('removed_messages', 'id'),
  {
    // Those of a context that is being imported are there before it.
    sql: `SELECT m.id AS id FROM messages m LEFT JOIN contexts c ON c.id = m.context_id
          LEFT JOIN deleted_contexts d ON d.id = m.context_id
          LEFT JOIN imported_contexts i ON i.context_id = m.context_id
          WHERE c.id IS NULL AND d.id IS NULL AND i.context_id IS NULL`,
    says: (id) => `messages ${id}: its context is not there`,
  },
  {
    sql: `SELECT i.context_id AS id FROM imported_contexts i LEFT JOIN imports n ON n.id = i.import_id
          LEFT JOIN contexts c ON c.id = i.context_id WHERE n.id IS NULL OR c.id IS NOT NULL`,
    says: (id) => `imported context ${id}: nobody imports it, or it is there already`,
  },
  {
    sql: `SELECT p.message_id AS id FROM pins p
          LEFT JOIN messages m ON m.context_id = p.context_id AND m.id = p.message_id WHERE m.id IS NULL`,
    says: (id) => `pin of message ${id}: there is no such message`,
  },
  withoutContext('runs', 'id'),
  withoutContext('tool_calls', 'tool_call_id'),
  {
    // Of a round that is open, or left running by a turn that was cancelled.
    sql: `SELECT DISTINCT t.run_id AS id FROM tool_calls t LEFT JOIN runs r ON r.id = t.run_id
          WHERE r.id IS NULL OR (r.ended_at IS NOT NULL AND t.result_message_id IS NULL)`,
    says: (id) => `tool calls of run ${id}: it has no open round`,
  },
  {
    sql: `SELECT r.id AS id FROM runs r LEFT JOIN workflow_executions e ON e.run_id = r.id
          WHERE r.kind = 'workflow' AND e.run_id IS NULL`,
    says: (id) => `run ${id}: executes a workflow, but its execution is not there`,
  },
  {
    sql: `SELECT e.run_id AS id FROM workflow_executions e LEFT JOIN runs r ON r.id = e.run_id WHERE r.id IS NULL`,
    says: (id) => `execution ${id}: its run is not there`,
  },
  {
    sql: `SELECT DISTINCT s.run_id AS id FROM workflow_steps s
          LEFT JOIN workflow_executions e ON e.run_id = s.run_id WHERE e.run_id IS NULL`,
    says: (id) => `steps of run ${id}: their execution is not there`,
  },
  {
    sql: `SELECT s.message_id AS id FROM open_streams s
          LEFT JOIN messages m ON m.context_id = s.context_id AND m.id = s.message_id WHERE m.id IS NULL`,
    says: (id) => `open_streams ${id}: its message is not there`,
  },
  ofNoStream('chunks'),
  ofNoStream('chunk_blocks'),
  ofNoStream('compactions'),
  {
    sql: `SELECT context_id AS id FROM messages GROUP BY context_id, revision HAVING count(*) > 1`,
    says: (id) => `context ${id}: two of its messages share a revision`,
  },
  {
    sql: `SELECT id FROM runs WHERE kind NOT IN ('answer', 'title', 'workflow', 'compress', 'exchange') OR CASE
            WHEN status IN ('queued', 'accepted', 'running', 'waiting', 'paused') THEN ended_at IS NOT NULL
            WHEN status IN ('completed', 'failed', 'cancelled', 'interrupted') THEN ended_at IS NULL
            ELSE TRUE END`,
    says: (id) => `run ${id}: its kind, its status and its end do not go together`,
  },
  ...searchStrays,
  ...attachmentStrays,
  ...promptStrays,
  ...exchangeStrays,
  ...usageStrays,
];

/** Rows that belong to nothing, or that no single context can tell of. */
export async function* checkStrays(reads: Reads): AsyncGenerator<string, void> {
  for (const { sql, says } of strays) {
    const found = await reads.all<{ id: string }>(`${sql} LIMIT ?`, most + 1);
    for (const { id } of found.slice(0, most)) yield says(id);
    if (found.length > most) yield `and more than ${most} in all of: ${says('…')}`;
  }
  for await (const { owner, key, answer } of keysOf(reads))
    if (parseJson(answer ?? '') === undefined)
      yield `idempotency key ${JSON.stringify(key)} of ${owner}: its answer is not JSON`;
}

const keysOf = (reads: Reads): AsyncGenerator<IdempotencyKeyEntity, void> =>
  paged((last, limit) =>
    reads.all<IdempotencyKeyEntity>(
      `SELECT owner, key, answer FROM idempotency_keys WHERE (owner, key) > (?, ?) ORDER BY owner, key LIMIT ?`,
      ...[last?.owner ?? '', last?.key ?? '', limit],
    ),
  );
