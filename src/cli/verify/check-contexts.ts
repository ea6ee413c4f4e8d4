import type { BranchEntity } from '../../contexts/branch.entity.js';
import type { ContextEntity } from '../../contexts/context.entity.js';
import { isJsonObject } from '../../http/fields.js';
import { readTree } from '../../contexts/read-tree.js';
import { reachOf } from '../../messages/reach.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { Reads } from '../../storage/tx.js';
import type { OpenStreamEntity } from '../../streaming/open-stream.entity.js';
import { Chains } from './chains.js';
import { checkForks, forkHeads } from './check-forks.js';
import { checkMessage } from './check-messages.js';
import { checkState } from './check-state.js';
import { messagesOf } from './messages-of.js';
import { parseJson } from './parse-json.js';
import { paged } from './paged.js';
import type { Tally } from './tally.js';

export const contextsOf = (reads: Reads): AsyncGenerator<ContextEntity, void> =>
  paged((last, limit) =>
    reads.all<ContextEntity>(
      `SELECT * FROM contexts WHERE id > ? ORDER BY id LIMIT ?`,
      last?.id ?? '',
      limit,
    ),
  );

/** What is wrong with a context and all that is in it. */
export async function* checkContext(
  reads: Reads,
  context: ContextEntity,
  tally: Tally,
): AsyncGenerator<string, void> {
  tally.contexts++;
  for await (const finding of checkAll(reads, context, tally)) yield `context ${context.id}: ${finding}`;
}

async function* checkAll(reads: Reads, context: ContextEntity, tally: Tally): AsyncGenerator<string, void> {
  const config = parseJson(context.config);
  if (!isJsonObject(config)) yield 'its config is not JSON';
  else if ((config.ttl_ms ?? null) !== (context.ttl_ms ?? null))
    yield `its config has the ttl_ms ${String(config.ttl_ms)}, its row ${context.ttl_ms}`;
  const stream = await openStreamOf(reads, context);
  yield* checkState({ context, stream, runs: await openRunsOf(reads, context) });

  const branches = await branchesOf(reads, context);
  if (!branches.some(({ id, deleted_at }) => id === context.active_branch && deleted_at === null))
    yield `there is no branch ${context.active_branch}`;
  const contextId = context.id;
  const tree = await readTree(reads, contextId);
  const reach = reachOf(tree);
  const heads = await forkHeads(reads, contextId, tree);
  yield* checkForks(tree, reach, heads);
  const chains = await Chains.of(reads, { contextId, branches, tree, reach, heads });
  let highest = 0;
  for await (const message of messagesOf(reads, context.id)) {
    tally.messages++;
    highest = Math.max(highest, message.revision);
    yield* chains.add(message);
    for await (const finding of checkMessage(reads, { message, stream, tally }))
      yield `message ${message.id}: ${finding}`;
  }
  yield* chains.end();
  if (highest > context.revision) yield `a message has revision ${highest}, past its own ${context.revision}`;
}

const branchesOf = (reads: Reads, { id }: ContextEntity): Promise<BranchEntity[]> =>
  reads.all<BranchEntity>(`SELECT * FROM branches WHERE context_id = ? ORDER BY id`, id);

const openStreamOf = (reads: Reads, { id }: ContextEntity): Promise<OpenStreamEntity | undefined> =>
  reads.get<OpenStreamEntity>(`SELECT * FROM open_streams WHERE context_id = ?`, id);

const openRunsOf = (reads: Reads, { id }: ContextEntity): Promise<RunEntity[]> =>
  reads.all<RunEntity>(
    `SELECT * FROM runs WHERE context_id = ? AND status IN ('queued', 'accepted', 'running', 'waiting') ORDER BY id`,
    id,
  );
