import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import type { Tx } from '../../storage/tx.js';
import type { CallScope } from '../call-scope.js';
import { counters, type Counts } from './usage-kinds.js';

const keys = ['owner', 'day', 'context_id', 'model', 'purpose'] as const;
const columns = [...keys, 'provider', ...counters];

/** Two units that add to one row add both: the database does the sum. */
const addSql = `INSERT INTO usage (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
  ON CONFLICT (${keys.join(', ')}) DO UPDATE SET
  ${counters.map((name) => `${name} = usage.${name} + excluded.${name}`).join(', ')}`;

/** Writes what was used. */
@Injectable()
export class UsageStore {
  constructor(private readonly clock: Clock) {}

  /** Adds a call to the day that it ends on. `model` is the id of the one that answered, with its provider. */
  async add(tx: Tx, scope: CallScope, model: string, counts: Counts): Promise<void> {
    const day = toTimestamp(this.clock.now()).slice(0, 10);
    const provider = model.slice(0, model.indexOf('/'));
    await tx.run(
      addSql,
      ...[scope.owner, day, scope.context_id ?? '', model, scope.purpose, provider],
      ...counters.map((name) => counts[name]),
    );
  }
}
