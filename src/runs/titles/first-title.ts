import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import type { Context } from '../../contexts/context-row.js';
import type { Tx } from '../../storage/tx.js';
import type { RunEntity } from '../run.entity.js';
import { RunStore } from '../run.store.js';
import { titleRun } from './title-task-format.js';

/**
 * Has a title made when a turn was answered: once for a context, and not where the user has had a say in it. The run comes
 * with the commit that ends the turn, and keeps nobody waiting.
 */
@Injectable()
export class FirstTitle {
  constructor(
    private readonly runs: RunStore,
    private readonly settings: Settings,
  ) {}

  async after(tx: Tx, context: Context, { branch, message_id: messageId }: RunEntity): Promise<void> {
    if (!this.settings.autoTitles || context.title !== null || context.title_source !== null) return;
    if (messageId === null || (await this.runs.hasTitleRun(tx, context.id))) return;
    await this.runs.add(tx, context, titleRun(context, branch, messageId));
  }
}
