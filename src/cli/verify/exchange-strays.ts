import type { Stray } from './stray.js';

/** What is kept of recorded calls: each has a run, and all else belongs to one, or to a message. */
export const exchangeStrays: readonly Stray[] = [
  {
    sql: `SELECT r.id AS id FROM runs r LEFT JOIN exchanges e ON e.run_id = r.id
          WHERE r.kind = 'exchange' AND e.run_id IS NULL`,
    says: (id) => `run ${id}: asks for an exchange, which is not there`,
  },
  {
    sql: `SELECT e.run_id AS id FROM exchanges e
          LEFT JOIN runs r ON r.id = e.run_id AND r.context_id = e.context_id WHERE r.id IS NULL`,
    says: (id) => `exchange ${id}: its run is not there`,
  },
  {
    sql: `SELECT e.run_id AS id FROM exchanges e JOIN runs r ON r.id = e.run_id
          WHERE r.ended_at IS NULL AND e.last_message_id IS NOT NULL`,
    says: (id) => `exchange ${id}: has a last message, and has not ended`,
  },
  {
    sql: `SELECT DISTINCT p.run_id AS id FROM exchange_parts p
          LEFT JOIN exchanges e ON e.run_id = p.run_id AND e.context_id = p.context_id WHERE e.run_id IS NULL`,
    says: (id) => `exchange_parts of run ${id}: there is no such exchange`,
  },
  {
    sql: `SELECT run_id AS id FROM exchange_parts GROUP BY run_id HAVING max(position) <> count(*)`,
    says: (id) => `exchange_parts of run ${id}: some are missing`,
  },
  {
    sql: `SELECT i.message_id AS id FROM exchange_items i
          LEFT JOIN messages m ON m.context_id = i.context_id AND m.id = i.message_id WHERE m.id IS NULL`,
    says: (id) => `exchange_items of message ${id}: there is no such message`,
  },
  {
    sql: `SELECT i.message_id AS id FROM exchange_items i
          LEFT JOIN exchanges e ON e.run_id = i.run_id WHERE i.run_id IS NOT NULL AND e.run_id IS NULL`,
    says: (id) => `exchange_items of message ${id}: the exchange that it came with is not there`,
  },
  {
    sql: `SELECT v.context_id AS id FROM conversations v LEFT JOIN contexts c ON c.id = v.context_id
          LEFT JOIN deleted_contexts d ON d.id = v.context_id WHERE c.id IS NULL AND d.id IS NULL`,
    says: (id) => `conversation ${id}: its context is not there`,
  },
];
