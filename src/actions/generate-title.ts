import { Injectable } from '@nestjs/common';
import { ContextStore } from '../contexts/context.store.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, Owner, RunId } from '../kernel/ids.js';
import { lastUserMessage } from '../messages/last-user-message.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { titleRun } from '../runs/titles/title-task-format.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import { refuseArchived, standing, type Standing } from './standing.js';

/**
 * Asks the model for a title, beside whatever else goes on. The title comes with a `context_updated`, and replaces the one
 * that there is, but none that is set by hand before it comes.
 */
@Injectable()
export class GenerateTitleCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly runner: Runner,
  ) {}

  /** `unprocessable` before the first user message: there is nothing to make a title of. */
  async execute(id: ContextId, owner: Owner, key?: RequestKey): Promise<Standing & { run_id: RunId }> {
    this.runner.refuseWhileDraining();
    const answer = await this.storage.commitOnce('generate_title', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      refuseArchived(context, 'generate_title');
      const message = await lastUserMessage(tx, id, context.active_branch);
      if (!message) throw new DomainError('unprocessable', 'There is no message yet to make a title of.');
      const run = await this.runs.add(tx, context, titleRun(context, context.active_branch, message.id));
      return { ...standing(context), run_id: run.id };
    });
    this.runner.wake();
    return answer;
  }
}
