import { PullcordError } from '../problem.js';
import type { Message } from '../generated/types.gen.js';
import { maxPage, type Pulls, type TaggedContext } from '../calls/pulls.js';
import { append, growth, headOf, lineOf, othersOf, prepend, renew, type Line } from './line.js';

/** What is known of a context, all of it at least as new as `tagged`. */
export interface Facts {
  readonly tagged: TaggedContext;
  /** The cursor of changes. */
  readonly revision: number;
  readonly line: Line;
}

export interface PulledFacts {
  readonly facts: Facts;
  /** Messages that came, on whatever branch. */
  readonly came: readonly Message[];
}

export interface Wanted {
  /** The branch to show instead of the active one, if it is there. */
  readonly branch: string | undefined;
  readonly pageSize: number;
}

interface Changes {
  readonly messages: readonly Message[];
  readonly deleted: readonly string[];
  readonly revision: number;
}

/** Whoever was away for longer than this many pages of changes begins anew with a page of the branch. */
const maxPagesOfChanges = 5;

/** Brings what is known up to date. Nothing of it is to be used before all of it is here. */
export async function pullFacts(
  pulls: Pulls,
  have: Facts | undefined,
  wanted: Wanted,
  abort: AbortSignal,
): Promise<PulledFacts> {
  if (!have) return begin(pulls, undefined, wanted, abort);
  const [tagged = have.tagged, first] = await Promise.all([
    pulls.context(have.tagged.etag, abort),
    pulls.changes(have.revision, abort),
  ]);
  const changes = await restOfChanges(pulls, first, tagged.context.revision, abort);
  if (!changes) return begin(pulls, tagged, wanted, abort);
  const line = await lineAfter(pulls, { ...have, tagged }, changes, wanted, abort);
  const came = line === have.line ? changes.messages : [...changes.messages, ...line.messages];
  return { facts: { tagged, revision: changes.revision, line }, came };
}

/** The next older page, if there is one. */
export async function pullOlder(
  pulls: Pulls,
  line: Line,
  pageSize: number,
  abort: AbortSignal,
): Promise<Line> {
  const before = line.messages[0]?.id;
  if (!line.hasOlder || !before) return line;
  return prepend(line, await pulls.page({ branch: line.branch, limit: pageSize, before }, abort));
}

async function begin(
  pulls: Pulls,
  known: TaggedContext | undefined,
  wanted: Wanted,
  abort: AbortSignal,
): Promise<PulledFacts> {
  const tagged = known ?? (await pulls.context(undefined, abort));
  if (!tagged) throw new TypeError('A context without a tag was answered with 304.');
  // The page is read after the context. What has changed in between comes once more with the changes.
  const line = await loadLine(pulls, tagged, branchOf(tagged, wanted), wanted.pageSize, abort);
  return { facts: { tagged, revision: tagged.context.revision, line }, came: line.messages };
}

const branchOf = ({ context }: TaggedContext, { branch }: Wanted): string =>
  context.branches.find(({ id }) => id === branch)?.id ?? context.active_branch;

/** All changes up to a revision at least; undefined when they are too many. */
async function restOfChanges(
  pulls: Pulls,
  first: Changes & { readonly has_more: boolean },
  revision: number,
  abort: AbortSignal,
): Promise<Changes | undefined> {
  const messages = [...first.messages];
  const deleted = [...first.deleted];
  let last = first;
  for (let pages = 1; last.has_more || last.revision < revision; pages++) {
    if (pages >= maxPagesOfChanges) return undefined;
    last = await pulls.changes(last.revision, abort);
    messages.push(...last.messages);
    deleted.push(...last.deleted);
  }
  return { messages, deleted, revision: last.revision };
}

async function lineAfter(
  pulls: Pulls,
  { tagged, line }: Facts,
  changes: Changes,
  wanted: Wanted,
  abort: AbortSignal,
): Promise<Line> {
  const branch = branchOf(tagged, wanted);
  const has = new Set(line.messages.map(({ id }) => id));
  const isOther = branch !== line.branch || othersOf(tagged.context, branch) !== line.others;
  if (isOther || changes.deleted.some((id) => has.has(id))) {
    const count = Math.max(wanted.pageSize, has.size);
    return loadLine(pulls, tagged, branch, count, abort);
  }
  const renewed = renew(line, changes.messages);
  const head = headOf(tagged.context, branch) ?? null;
  // The line may be ahead of the context, which was read before it.
  if (head === null || has.has(head)) return renewed;
  const next = line.others === '' ? growth(renewed, changes.messages, head) : undefined;
  if (next) return { ...renewed, messages: [...renewed.messages, ...next] };
  return grow(pulls, tagged, renewed, wanted, abort);
}

/** Asks for what comes after the last message; begins with the newest page where that does not lead to the head. */
async function grow(
  pulls: Pulls,
  tagged: TaggedContext,
  line: Line,
  { pageSize }: Wanted,
  abort: AbortSignal,
): Promise<Line> {
  const { branch } = line;
  const after = line.messages.at(-1)?.id;
  if (!after) return loadLine(pulls, tagged, branch, pageSize, abort);
  try {
    const page = await pulls.page({ branch, limit: maxPage, after }, abort);
    if (!page.has_more) return append(line, page);
  } catch (error) {
    if (!(error instanceof PullcordError && error.problem.code === 'message_not_found')) throw error;
  }
  return loadLine(pulls, tagged, branch, pageSize, abort);
}

/** The newest messages of a branch, at least so many if there are. */
async function loadLine(
  pulls: Pulls,
  { context }: TaggedContext,
  branch: string,
  count: number,
  abort: AbortSignal,
): Promise<Line> {
  const limit = Math.min(count, maxPage);
  let line = lineOf([await pulls.page({ branch, limit }, abort)], othersOf(context, branch));
  while (line.hasOlder && line.messages.length < count) line = await pullOlder(pulls, line, limit, abort);
  return line;
}
