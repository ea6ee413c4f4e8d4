import type { Stray } from './stray.js';

/** A system prompt has all its versions up to its newest, and every version has its system prompt. */
export const promptStrays: readonly Stray[] = [
  {
    sql: `SELECT DISTINCT v.prompt_id AS id FROM system_prompt_versions v
          LEFT JOIN system_prompts p ON p.id = v.prompt_id WHERE p.id IS NULL`,
    says: (id) => `system_prompt_versions of ${id}: there is no such system prompt`,
  },
  {
    sql: `SELECT p.id AS id FROM system_prompts p
          WHERE p.version <> (SELECT count(*) FROM system_prompt_versions v WHERE v.prompt_id = p.id)
             OR p.version <> (SELECT coalesce(max(v.version), 0) FROM system_prompt_versions v WHERE v.prompt_id = p.id)`,
    says: (id) => `system prompt ${id}: its versions are not those from 1 to its newest`,
  },
];
