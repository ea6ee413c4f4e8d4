// The messages of one branch as far as they were loaded: without gaps, from some message to the newest. Pure.
import type { Context, Message, MessagePage, Siblings } from '../generated/types.gen.js';

export interface Line {
  readonly branch: string;
  /** Oldest first. */
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly siblings: ReadonlyMap<string, Siblings>;
  /** What the other branches were like: siblings change with them alone. */
  readonly others: string;
}

/** Stands for all that siblings on a branch depend on. */
export const othersOf = (context: Context, branch: string): string =>
  context.branches
    .filter(({ id }) => id !== branch)
    .map(({ id, head_message_id }) => `${id} ${head_message_id}`)
    .join();

export const headOf = (context: Context, branch: string): string | null | undefined =>
  context.branches.find(({ id }) => id === branch)?.head_message_id;

export const lineOf = ({ branch, messages, has_more, siblings }: MessagePage, others: string): Line => ({
  branch,
  messages,
  hasOlder: has_more,
  siblings: byMessage(siblings),
  others,
});

export function prepend(line: Line, page: MessagePage): Line {
  return {
    ...line,
    messages: [...page.messages, ...line.messages],
    hasOlder: page.has_more,
    siblings: new Map([...byMessage(page.siblings), ...line.siblings]),
  };
}

export function append(line: Line, page: MessagePage): Line {
  const siblings = new Map([...line.siblings, ...byMessage(page.siblings)]);
  return { ...line, messages: [...line.messages, ...page.messages], siblings };
}

/** With the newer of two versions of each message; the very same line when none is newer. */
export function renew(line: Line, changed: readonly Message[]): Line {
  const newest = new Map(changed.map((message) => [message.id, message]));
  const renewed = line.messages.map((message) => newer(message, newest.get(message.id)));
  return renewed.every((message, at) => message === line.messages[at])
    ? line
    : { ...line, messages: renewed };
}

export const newer = (have: Message, other: Message | undefined): Message =>
  other && other.revision > have.revision ? other : have;

/**
 * What has to be added so that the line ends with `head`: messages that were written on this branch, each after the one
 * before it. Undefined when that cannot be told from these messages, as after a merge; then a page has to be asked for.
 */
export function growth(line: Line, changed: readonly Message[], head: string | null): Message[] | undefined {
  const byParent = new Map(
    changed.filter(({ branch }) => branch === line.branch).map((message) => [message.parent_id, message]),
  );
  const found: Message[] = [];
  for (let last = line.messages.at(-1)?.id ?? null; last !== head;) {
    const next = byParent.get(last);
    if (!next || found.length >= changed.length) return undefined;
    found.push(next);
    last = next.id;
  }
  return found;
}

const byMessage = (siblings: readonly Siblings[]): Map<string, Siblings> =>
  new Map(siblings.map((one) => [one.message_id, one]));
