import { Injectable } from '@nestjs/common';
import { requireMatch } from '../contexts/contexts.service.js';
import { ContextStore } from '../contexts/context.store.js';
import type { ContextId, Owner, RunId } from '../kernel/ids.js';
import { MessageStore } from '../messages/message.store.js';
import { RunKinds } from '../runs/kinds-of-runs.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { ToolCallStore } from '../runs/tool-rounds/tool-call.store.js';
import { Storage } from '../storage/storage.js';
import { StreamStore } from '../streaming/stream.store.js';

/** Removes a context with everything of it. A run that is under way is stopped. */
@Injectable()
export class DeleteContextCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly messages: MessageStore,
    private readonly streams: StreamStore,
    private readonly runs: RunStore,
    private readonly calls: ToolCallStore,
    private readonly kinds: RunKinds,
    private readonly runner: Runner,
  ) {}

  /** `ifMatch` is the header as it came; a stale one is `revision_mismatch` (412) and nothing is removed. */
  async execute(id: ContextId, owner: Owner, ifMatch?: string): Promise<void> {
    const stopped = await this.storage.commit('delete_context', async (tx): Promise<readonly RunId[]> => {
      const context = await this.contexts.lock(tx, id, owner);
      requireMatch(context, ifMatch);
      const open = await this.runs.open(tx, id);
      await this.kinds.removeAll(tx, context);
      await this.calls.removeAll(tx, context);
      await this.runs.removeAll(tx, context);
      await this.streams.removeAll(tx, context);
      await this.messages.removeAll(tx, context);
      await this.contexts.remove(tx, context);
      return open;
    });
    for (const run of stopped) this.runner.stop(run);
  }
}
