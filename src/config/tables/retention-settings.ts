import { longest, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** A hundred years. */
const century = 3_155_760_000_000;

/** How contexts end, and what is remembered of that. */
export class RetentionSettings {
  @Setting(
    {
      env: 'PULLCORD_DELETE_GRACE_MS',
      file: 'retention.delete_grace_ms',
      about: 'How long a deleted context can come back before all of it is removed; 0 removes it at once.',
    },
    wholeNumber(0, century),
  )
  readonly deleteGraceMs: number = 2_592_000_000;

  @Setting(
    {
      env: 'PULLCORD_CONTEXT_TTL_MS',
      file: 'retention.context_ttl_ms',
      about:
        'After how long without a change a context is deleted; 0 for never. A context can have a shorter time of its own.',
    },
    wholeNumber(0, century),
  )
  readonly contextTtlMs: number = 0;

  @Setting(
    {
      env: 'PULLCORD_RETENTION_SWEEP_MS',
      file: 'retention.sweep_ms',
      about: 'The time between two looks for contexts whose time is over.',
    },
    wholeNumber(10, longest),
  )
  readonly retentionSweepMs: number = 60_000;

  @Setting(
    {
      env: 'PULLCORD_PURGE_BATCH_ROWS',
      file: 'retention.purge_batch_rows',
      about:
        'How many rows of a purged context are removed at a time, between the writes of others; what is indexed of messages goes with them.',
    },
    wholeNumber(1, 10_000),
  )
  readonly purgeBatchRows: number = 500;

  @Setting(
    {
      env: 'PULLCORD_AUDIT_KEEP_MS',
      file: 'retention.audit_keep_ms',
      about: 'How long the entries of the audit log are kept.',
    },
    wholeNumber(1000, century),
  )
  readonly auditKeepMs: number = 31_536_000_000;
}
