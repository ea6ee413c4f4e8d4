import type { Stray } from './stray.js';

/** Attachments have files, files have attachments, and what refers to an attachment is there, as it is. */
export const attachmentStrays: readonly Stray[] = [
  {
    sql: `SELECT a.id AS id FROM attachments a LEFT JOIN attachment_files f ON f.sha256 = a.sha256
          WHERE f.sha256 IS NULL OR f.size_bytes <> a.size_bytes`,
    says: (id) => `attachment ${id}: there is no file of its bytes`,
  },
  {
    sql: `SELECT f.sha256 AS id FROM attachment_files f LEFT JOIN attachments a ON a.sha256 = f.sha256
          WHERE a.id IS NULL`,
    says: (id) => `attachment_files ${id}: nobody has attached it`,
  },
  {
    sql: `SELECT r.message_id AS id FROM attachment_references r
          LEFT JOIN messages m ON m.context_id = r.context_id AND m.id = r.message_id WHERE m.id IS NULL`,
    says: (id) => `attachment_references of message ${id}: it is not there`,
  },
  {
    sql: `SELECT r.message_id AS id FROM attachment_references r
          LEFT JOIN attachments a ON a.id = r.attachment_id WHERE a.id IS NULL`,
    says: (id) => `attachment_references of message ${id}: its attachment is not there`,
  },
  {
    sql: `SELECT a.id AS id FROM attachments a
          WHERE (a.unreferenced_since IS NULL)
             <> EXISTS (SELECT 1 FROM attachment_references r WHERE r.attachment_id = a.id)`,
    says: (id) => `attachment ${id}: whether messages refer to it is not what it says`,
  },
];
