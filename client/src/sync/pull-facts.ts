import { codeOf, maxPage, type Pulls, type TaggedContext } from '../calls/pulls.js';
import type { Message } from '../generated/types.gen.js';
import { append, growth, headOf, lineOf, othersOf, prepend, renew, type Line } from './line.js';

/** What is known of a context, all of it at least as new as `tagged`. */
export interface Facts {
  readonly tagged: TaggedContext;
  /** The cursor of changes. */
  readonly revision: number;
  readonly line: Line;
  /** Messages that have just come, on whatever branch. */
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
export async function pullFacts(pulls: Pulls, have: Facts | undefined, wanted: Wanted): Promise<Facts> {
  if (!have) return begin(pulls, await pulls.context(), wanted);
  const [tagged = have.tagged, first] = await Promise.all([
    pulls.context(have.tagged.etag),
    pulls.changes(have.revision),
  ]);
  const changes = await restOfChanges(pulls, first, tagged.context.revision);
  if (!changes) return begin(pulls, tagged, wanted);
  const { messages, revision } = changes;
  const line = await lineAfter(pulls, tagged, have.line, changes, wanted);
  return { tagged, revision, line, came: line === have.line ? messages : [...messages, ...line.messages] };
}

/** With the page above the first message, if there is one. */
export async function pullOlder(pulls: Pulls, line: Line, limit: number): Promise<Line> {
  const before = line.messages[0]?.id;
  return line.hasOlder && before
    ? prepend(line, await pulls.page({ branch: line.branch, limit, before }))
    : line;
}

async function begin(pulls: Pulls, tagged: TaggedContext | undefined, wanted: Wanted): Promise<Facts> {
  if (!tagged) throw new TypeError('304 for nothing');
  // The page is read after the context. What has changed in between comes once more with the changes.
  const line = await loadLine(pulls, tagged, branchOf(tagged, wanted), wanted.pageSize);
  return { tagged, revision: tagged.context.revision, line, came: line.messages };
}

const branchOf = ({ context }: TaggedContext, { branch }: Wanted): string =>
  context.branches.find(({ id }) => id === branch)?.id ?? context.active_branch;

/** All changes up to a revision at least; undefined when they are too many. */
async function restOfChanges(
  pulls: Pulls,
  first: Changes & { readonly has_more: boolean },
  revision: number,
): Promise<Changes | undefined> {
  const messages = [...first.messages];
  const deleted = [...first.deleted];
  let last = first;
  for (let pages = 1; last.has_more || last.revision < revision; pages++) {
    if (pages >= maxPagesOfChanges) return undefined;
    last = await pulls.changes(last.revision);
    messages.push(...last.messages);
    deleted.push(...last.deleted);
  }
  return { messages, deleted, revision: last.revision };
}

async function lineAfter(
  pulls: Pulls,
  tagged: TaggedContext,
  line: Line,
  { messages, deleted }: Changes,
  wanted: Wanted,
): Promise<Line> {
  const { context } = tagged;
  const branch = branchOf(tagged, wanted);
  const has = new Set(line.messages.map(({ id }) => id));
  const reload = (): Promise<Line> => loadLine(pulls, tagged, branch, Math.max(wanted.pageSize, has.size));
  const isOther = branch !== line.branch || othersOf(context, branch) !== line.others;
  if (isOther || deleted.some((id) => has.has(id))) return reload();
  const renewed = renew(line, messages);
  const head = headOf(context, branch);
  // The line may be ahead of the context, which was read before it.
  if (!head || has.has(head)) return renewed;
  const next = line.others ? undefined : growth(renewed, messages, head);
  if (next) return { ...renewed, messages: [...renewed.messages, ...next] };
  return (await grow(pulls, renewed)) ?? reload();
}

/** With what comes after the last message; undefined when that is too much, or the last one is not there any more. */
async function grow(pulls: Pulls, line: Line): Promise<Line | undefined> {
  const { branch, messages } = line;
  const after = messages.at(-1)?.id;
  try {
    const page = after ? await pulls.page({ branch, limit: maxPage, after }) : undefined;
    return page && !page.has_more ? append(line, page) : undefined;
  } catch (error) {
    if (codeOf(error) === 'message_not_found') return undefined;
    throw error;
  }
}

/** The newest messages of a branch, at least so many if there are. */
async function loadLine(
  pulls: Pulls,
  { context }: TaggedContext,
  branch: string,
  count: number,
): Promise<Line> {
  const limit = Math.min(count, maxPage);
  let line = lineOf(await pulls.page({ branch, limit }), othersOf(context, branch));
  while (line.hasOlder && line.messages.length < count) line = await pullOlder(pulls, line, limit);
  return line;
}
