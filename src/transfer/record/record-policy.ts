import type { PlacedPart } from '../../contexts/branch-tree.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import type { FieldError } from '../../kernel/domain-error.js';
import type { Message, StreamingResponseData } from '../../messages/message-kinds.js';
import type { BranchRecord, ContextRecord, MessageRecord } from './record-kinds.js';
import { joined } from './settle-policy.js';

/** Places that are looked at between two pauses. */
const placesPerPause = 1000;
/** Places of all branches together, those that they borrow among them. */
const maxPlaces = 10_000_000;

/**
 * What in a record cannot go together, though each field of it could be. An undefined in between is a pause: a record can
 * have many branches. Pure.
 */
export function* recordProblems(record: ContextRecord): Generator<FieldError | undefined, void> {
  const { context, branches, messages } = record;
  if (context.title === null && context.title_source !== null)
    yield { path: 'context.title_source', message: 'must be null, as the title is' };
  if (messages.length === 0 && context.state.type !== 'initial' && context.state.type !== 'archived')
    yield { path: 'context.state', message: 'must be initial: there are no messages' };
  yield* twice(
    branches.map(({ id }) => id),
    'branches',
  );
  yield* twice(
    messages.map(({ message }) => message.id),
    'messages',
  );
  yield* revisionProblems(record);
  yield* pinProblems(record);
  const { active_branch } = context;
  if (!branches.some(({ id, deleted_at }) => id === active_branch && deleted_at === null))
    yield { path: 'context.active_branch', message: 'must be a branch of the context' };
  yield* lineProblems(record);
  for (const [index, message] of messages.entries()) yield* streamProblems(message, `messages.${index}`);
}

function* twice(ids: readonly string[], path: string): Generator<FieldError, void> {
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) yield { path: `${path}.${index}.id`, message: 'is there twice' };
    seen.add(id);
  }
}

function* pinProblems({ pins, messages }: ContextRecord): Generator<FieldError, void> {
  const unpinned = new Set(messages.map(({ message }) => message.id));
  for (const [index, { message_id }] of pins.entries())
    if (!unpinned.delete(message_id))
      yield { path: `pins.${index}.message_id`, message: 'must be a message of the context, and there once' };
}

function* revisionProblems({ context, removed, messages }: ContextRecord): Generator<FieldError, void> {
  const seen = new Set<number>();
  for (const [index, { revision }] of removed.entries())
    if (revision > context.revision || seen.has(revision) || !seen.add(revision))
      yield {
        path: `removed.${index}.revision`,
        message: 'must be one of its own, not past that of the context',
      };
  for (const [index, { message }] of messages.entries()) {
    const path = `messages.${index}.revision`;
    if (message.revision > context.revision) yield { path, message: 'must not be past that of the context' };
    if (seen.has(message.revision)) yield { path, message: 'is that of another message' };
    seen.add(message.revision);
  }
}

/** Every branch is a chain without a gap: what stands on it goes on from where it was forked. */
function* lineProblems({ branches, messages }: ContextRecord): Generator<FieldError | undefined, void> {
  const lengths = branches.map(({ head_depth, fork_depth }) => Math.max(0, head_depth - fork_depth));
  const length = lengths.reduce((sum, one) => sum + one, 0);
  if (length > maxPlaces)
    return yield { path: 'branches', message: `must not have more than ${maxPlaces} places together` };
  const own = ownMessages(messages);
  const places = new Places(branches, own);
  const reach = reachOf(branches);
  for (const [index, branch] of branches.entries()) {
    const path = `branches.${index}`;
    const upto = branch.deleted_at === null ? branch.head_depth : reach.get(branch.id);
    if (!places.isBehindParent(branch))
      yield { path: `${path}.fork_depth`, message: 'must be past that of its parent branch' };
    if (branch.head_depth < branch.fork_depth)
      yield { path: `${path}.head_depth`, message: 'must not be before the place where it was forked' };
    // Of a branch that was deleted only what others go by has to be there.
    if (upto === undefined) continue;
    const fork =
      branch.parent_branch === null ? undefined : places.at(branch.parent_branch, branch.fork_depth);
    if (branch.parent_branch === null ? branch.fork_depth !== 0 : !fork)
      yield { path: `${path}.fork_depth`, message: 'must be the place of a message of its parent branch' };
    yield* partProblems(branch, upto, own, path);
    yield* chainProblems(branch, upto, places, fork?.id ?? null, path);
  }
  for (const [index, { message }] of messages.entries())
    if (!places.has(message)) yield { path: `messages.${index}`, message: 'has no place on a branch' };
}

/** How far the lines of the living branches go by each of the others. */
function reachOf(branches: readonly BranchRecord[]): ReadonlyMap<BranchId, number> {
  const byId = new Map(branches.map((branch) => [branch.id, branch]));
  const reach = new Map<BranchId, number>();
  for (const living of branches.filter(({ deleted_at }) => deleted_at === null)) {
    for (let at = living; at.parent_branch !== null;) {
      const parent = byId.get(at.parent_branch);
      const known = reach.get(at.parent_branch);
      reach.set(at.parent_branch, Math.max(known ?? 0, at.fork_depth));
      // Whoever was here before has gone on from here.
      if (!parent || known !== undefined) break;
      at = parent;
    }
  }
  return reach;
}

type Own = ReadonlyMap<BranchId, ReadonlyMap<number, Message>>;

function ownMessages(messages: readonly MessageRecord[]): Own {
  const own = new Map<BranchId, Map<number, Message>>();
  for (const { message } of messages) {
    const places = own.get(message.branch) ?? new Map<number, Message>();
    own.set(message.branch, places.set(message.depth, message));
  }
  return own;
}

/** What stands where. */
class Places {
  private readonly byId: ReadonlyMap<BranchId, BranchRecord>;

  constructor(
    branches: readonly BranchRecord[],
    private readonly own: Own,
  ) {
    this.byId = new Map(branches.map((branch) => [branch.id, branch]));
  }

  /** What stands on a branch itself at a depth, its own or borrowed. */
  at(branch: BranchId, depth: number): Message | undefined {
    const part = lastUpTo(this.byId.get(branch)?.parts ?? [], depth);
    if (!part || part.depth + part.length <= depth) return this.own.get(branch)?.get(depth);
    return this.own.get(part.source_branch)?.get(part.source_depth + depth - part.depth);
  }

  /** Whether a branch leaves its parent behind the place where that left its own: so no line goes in a circle. */
  isBehindParent({ parent_branch, fork_depth }: BranchRecord): boolean {
    const parent = parent_branch === null ? undefined : this.byId.get(parent_branch);
    return !parent || parent.fork_depth < fork_depth;
  }

  /** Whether a message stands where it says: between the ends of its branch, and where nothing is borrowed. */
  has(message: Message): boolean {
    const branch = this.byId.get(message.branch);
    const isWithin = branch && branch.fork_depth < message.depth && message.depth <= branch.head_depth;
    return isWithin === true && this.at(message.branch, message.depth) === message;
  }
}

/** The last of the parts that begins at a depth or before it. */
function lastUpTo(parts: readonly PlacedPart[], depth: number): PlacedPart | undefined {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.depth ?? Infinity) <= depth) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1];
}

function* partProblems(
  branch: BranchRecord,
  upto: number,
  own: Own,
  path: string,
): Generator<FieldError, void> {
  let next = branch.fork_depth + 1;
  for (const [index, { depth, length, source_branch, source_depth }] of branch.parts.entries()) {
    const at = `${path}.parts.${index}`;
    if (depth < next || depth + length - 1 > branch.head_depth)
      yield { path: `${at}.depth`, message: 'must be past the part before it, and on the branch' };
    const source = own.get(source_branch);
    const needed = Math.min(length, upto - depth + 1);
    for (let place = source_depth; place < source_depth + needed; place++)
      if (!source?.has(place))
        return yield { path: at, message: `has no message at depth ${place} of its source` };
    next = depth + length;
  }
}

function* chainProblems(
  branch: BranchRecord,
  upto: number,
  places: Places,
  fork: MessageId | null,
  path: string,
): Generator<FieldError | undefined, void> {
  let before = fork;
  for (let depth = branch.fork_depth + 1; depth <= upto; depth++) {
    if (depth % placesPerPause === 0) yield undefined;
    const message = places.at(branch.id, depth);
    if (!message) return yield { path, message: `must have a message at depth ${depth}` };
    if (message.branch === branch.id && message.parent_id !== before)
      return yield { path, message: `has message ${message.id}, whose parent_id must be ${before}` };
    before = message.id;
  }
  if (branch.deleted_at === null && branch.head_message_id !== before)
    yield { path: `${path}.head_message_id`, message: `must be ${before}` };
}

function* streamProblems(
  { message, chunks, finish_reason }: MessageRecord,
  path: string,
): Generator<FieldError, void> {
  if (message.kind !== 'streaming_response') {
    if (chunks.length > 0 || finish_reason !== null)
      yield { path: `${path}.chunks`, message: 'must not be there: the message was not streamed' };
    return;
  }
  const data = message.data as StreamingResponseData;
  if (data.content !== joined(chunks, 'text'))
    yield { path: `${path}.data.content`, message: 'must be what its chunks say' };
  if ((data.reasoning ?? '') !== joined(chunks, 'reasoning'))
    yield { path: `${path}.data.reasoning`, message: 'must be what its chunks say' };
  if (data.final_sequence !== chunks.length)
    yield {
      path: `${path}.data.final_sequence`,
      message: `must be ${chunks.length}, the number of its chunks`,
    };
}
