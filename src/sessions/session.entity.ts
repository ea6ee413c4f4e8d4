import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContextId, Owner } from '../kernel/ids.js';

/** What the devices of an owner share. There is none before somebody has changed something. */
@Entity({ name: 'sessions', withoutRowid: true })
export class SessionEntity {
  @PrimaryColumn('text') owner!: Owner;
  /** JSON of its Tabs, in their order. */
  @Column('text') tabs!: string;
  @Column('text', { nullable: true }) active_context_id!: ContextId | null;
  /** JSON of the UiState. */
  @Column('text') ui_state!: string;
  /** JSON of the Preferences. */
  @Column('text') preferences!: string;
  @Column('bigint') revision!: number;
  /** Milliseconds since the epoch. */
  @Column('bigint') updated_at!: number;
}
