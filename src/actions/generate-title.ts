import { Injectable } from '@nestjs/common';
import { ContextStore } from '../contexts/context.store.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, Owner, RunId } from '../kernel/ids.js';
import { lastUserMessage } from '../messages/last-user-message.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import { refuseArchived, standing, type Standing } from './standing.js';

/** Asks the model for a title, beside whatever else goes on. The title comes with a `context_updated`. */
@Injectable()
export class GenerateTitleCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly runner: Runner,
  ) {}

  /** `unprocessable` before the first user message, as there is nothing to make a title of; also over a title set by hand. */
  async execute(id: ContextId, owner: Owner, key?: RequestKey): Promise<Standing & { run_id: RunId }> {
    this.runner.refuseWhileDraining();
    const answer = await this.storage.commitOnce('generate_title', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      refuseArchived(context, 'generate_title');
      if (context.title !== null && context.title_source === 'user') throw setByHand();
      const message = await lastUserMessage(tx, id, context.active_branch);
      if (!message) throw new DomainError('unprocessable', 'There is no message yet to make a title of.');
      const run = await this.runs.add(tx, context, {
        kind: 'title',
        status: 'accepted',
        branch: context.active_branch,
        messageId: message.id,
        model: null,
      });
      return { ...standing(context), run_id: run.id };
    });
    this.runner.wake();
    return answer;
  }
}

const setByHand = (): DomainError =>
  new DomainError('unprocessable', 'The title was set by hand; remove it first to have one made.');
