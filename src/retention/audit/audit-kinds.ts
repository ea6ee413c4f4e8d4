import type { Owner } from '../../kernel/ids.js';

export const auditActions = [
  'context_deleted',
  'context_expired',
  'context_undeleted',
  'context_purged',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Who did it: an owner, or the server because the time had come. */
export type Actor = Owner | typeof retention;
export const retention = 'retention';
