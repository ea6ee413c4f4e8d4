import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContextId } from '../kernel/ids.js';

/** A context whose messages were there before there was an index, and are not all in it yet. */
@Entity({ name: 'search_backlog', withoutRowid: true })
export class SearchBacklogEntity {
  @PrimaryColumn('text') context_id!: ContextId;
  /** Of its messages, those with this id and higher ones have had their turn. */
  @Column('text') before_message!: string;
}
