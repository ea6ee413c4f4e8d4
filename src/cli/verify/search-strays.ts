import type { Stray } from './stray.js';

/** Each final message is in the index once, with its words, and nothing else is; apart from what is still to come into it. */
export const searchStrays: readonly Stray[] = [
  {
    sql: `SELECT m.id AS id FROM messages m
          LEFT JOIN search_documents d ON d.context_id = m.context_id AND d.message_id = m.id
          LEFT JOIN search_backlog b ON b.context_id = m.context_id
          WHERE m.status <> 'streaming' AND d.id IS NULL AND b.context_id IS NULL`,
    says: (id) => `search: message ${id} is final, but not in the index`,
  },
  {
    sql: `SELECT d.message_id AS id FROM search_documents d
          LEFT JOIN messages m ON m.context_id = d.context_id AND m.id = d.message_id
          WHERE m.id IS NULL OR m.status = 'streaming'`,
    says: (id) => `search: there is no final message ${id}, which is in the index`,
  },
  {
    sql: `SELECT d.message_id AS id FROM search_documents d
          LEFT JOIN search_terms t ON t.rowid = d.id WHERE t.rowid IS NULL`,
    says: (id) => `search: the words of message ${id} are not in the index`,
  },
  {
    sql: `SELECT t.rowid AS id FROM search_terms t
          LEFT JOIN search_documents d ON d.id = t.rowid WHERE d.id IS NULL`,
    says: (id) => `search: the words under ${id} are of no message`,
  },
];
