import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Owner } from '../../kernel/ids.js';

/** What calls to one model have used on one day: for one owner, in one context, for one purpose. */
@Entity({ name: 'usage', withoutRowid: true })
export class UsageEntity {
  @PrimaryColumn('text') owner!: Owner;
  /** UTC, `2026-11-22`. */
  @PrimaryColumn('text') day!: string;
  /** Empty for calls that belong to none. It stays when the context is purged: what was used was used. */
  @PrimaryColumn('text') context_id!: string;
  /** The one that answered, with its provider. */
  @PrimaryColumn('text') model!: string;
  @PrimaryColumn('text') purpose!: string;
  @Column('text') provider!: string;
  @Column('bigint') requests!: number;
  /** Of `requests`: those whose tokens the provider did not count. */
  @Column('bigint') estimated_requests!: number;
  /** Of `requests`: those of a model without a price. */
  @Column('bigint') unpriced_requests!: number;
  @Column('bigint') prompt_tokens!: number;
  /** Of `prompt_tokens`. */
  @Column('bigint') cached_tokens!: number;
  /** Of `prompt_tokens`. */
  @Column('bigint') cache_write_tokens!: number;
  @Column('bigint') completion_tokens!: number;
  /** Of `completion_tokens`. */
  @Column('bigint') reasoning_tokens!: number;
  /** In millionths of the currency. */
  @Column('bigint') cost_micros!: number;
}
