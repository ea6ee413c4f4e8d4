import {
  Choice,
  Component,
  FreeObject,
  Id,
  NestedList,
  QueryInt,
  samples,
  Text,
  Timestamp,
  Cursor,
} from '../../http/fields.js';
import { auditActions, type AuditAction } from '../audit/audit-kinds.js';

export class ListAudit {
  @QueryInt({ about: 'Entries per page.', min: 1, max: 200, default: 50 })
  readonly limit!: number;

  @Cursor([samples.request])
  readonly cursor?: string;
}

@Component({ name: 'AuditEntry', about: 'What was done to the existence of a context.' })
export class AuditEntryView {
  @Id({ about: 'The entry.', example: samples.request }) readonly id!: string;
  @Text({
    about: 'The owner who asked for it, or `retention` when its time had come.',
    max: 64,
    example: 'local',
  })
  readonly actor!: string;
  @Choice({ about: 'What was done.', values: auditActions, example: 'context_deleted' })
  readonly action!: AuditAction;
  @Id({ about: 'The context.', nullable: true, example: samples.context }) readonly context_id!:
    string | null;
  @FreeObject({
    about: 'More about it, by action; numbers and names, never what people wrote.',
    maxBytes: 1000,
    example: { grace_ms: 2_592_000_000 },
  })
  readonly facts!: Record<string, unknown>;
  @Timestamp({ about: 'When.' }) readonly created_at!: string;
}

@Component({ name: 'AuditLog', about: 'Entries of the audit log, the newest first.' })
export class AuditLogView {
  @NestedList(() => AuditEntryView, { about: 'One page.', maxItems: 200 })
  readonly entries!: readonly AuditEntryView[];
  @Text({ about: 'Where the next page begins; null on the last.', max: 500, nullable: true })
  readonly next_cursor!: string | null;
}
