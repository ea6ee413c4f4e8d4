// The lines of the drawer: what happened, the newest first. What comes in a rush is one line that counts. Pure.
import type { Activity } from '@pullcord/client';

type Ended = Extract<Activity, { type: 'pull_ended' }>;

interface Line {
  readonly id: number;
  /** When it last grew, in milliseconds since 1970. */
  readonly at: number;
  readonly contextId?: string;
  /** How many of the kind the line stands for. */
  readonly count: number;
}

export interface SignalEntry extends Line {
  readonly type: 'signal';
  readonly name: string;
  /** The cursor that it speaks of: `sequence 42`, `revision 7`. */
  readonly mark: string;
  /** What may be merged with it. */
  readonly merges?: string;
}

export interface PullEntry extends Line {
  readonly type: 'pull';
  readonly pull: number;
  readonly cursor: Ended['cursor'];
  readonly messageId?: string;
  readonly from: number;
  /** Undefined while it is under way. */
  readonly to?: number;
  /** Messages or chunks that came. */
  readonly pieces: number;
  readonly milliseconds: number;
  readonly problem?: string;
}

export interface OtherEntry extends Line {
  readonly type: 'connection' | 'command';
  readonly text: string;
  readonly problem?: string;
}

export type Entry = SignalEntry | PullEntry | OtherEntry;

/** How far back a line may be and still grow: beyond it, the reader would not see it. */
const reach = 8;

/** The lines after this has happened, `limit` of them at most. */
export function addEntry(entries: readonly Entry[], activity: Activity, limit: number): readonly Entry[] {
  switch (activity.type) {
    case 'signal':
      return addSignal(entries, activity, limit);
    case 'pull_started':
      return beginPull(entries, activity, limit);
    case 'pull_ended':
      return entries.map((entry) =>
        entry.type === 'pull' && entry.pull === activity.pull ? endPull(entry, activity) : entry,
      );
    case 'connection':
      return addConnection(entries, activity, limit);
    case 'command':
      return push(entries, limit, {
        type: 'command',
        at: activity.at,
        contextId: activity.contextId,
        text: activity.action,
        ...problemOf(activity),
      });
  }
}

function addSignal(
  entries: readonly Entry[],
  { signal, at }: Extract<Activity, { type: 'signal' }>,
  limit: number,
): readonly Entry[] {
  const contextId = 'context_id' in signal ? signal.context_id : undefined;
  const isDelta = signal.type === 'content_delta';
  const revision = 'revision' in signal && signal.revision !== undefined ? `revision ${signal.revision}` : '';
  const mark = isDelta ? `sequence ${signal.current_sequence}` : revision;
  const merges = isDelta ? signal.message_id : undefined;
  const index = entries.findIndex((entry) => entry.type === 'signal' && entry.merges === merges);
  if (merges !== undefined && index >= 0 && index < reach)
    return entries.map((entry, place) =>
      place === index ? { ...entry, at, mark, count: entry.count + 1 } : entry,
    );
  return push(entries, limit, {
    type: 'signal',
    at,
    name: signal.type,
    mark,
    ...(contextId ? { contextId } : {}),
    ...(merges ? { merges } : {}),
  });
}

/** The same as before, with another count of failures or from another tab, is no news. */
function addConnection(
  entries: readonly Entry[],
  { connection, at }: Extract<Activity, { type: 'connection' }>,
  limit: number,
): readonly Entry[] {
  const last = entries.find((entry): entry is OtherEntry => entry.type === 'connection');
  const problem = problemOf(connection);
  if (last?.text === connection.status && last.problem === problem.problem) return entries;
  return push(entries, limit, { type: 'connection', at, text: connection.status, ...problem });
}

function beginPull(
  entries: readonly Entry[],
  started: Extract<Activity, { type: 'pull_started' }>,
  limit: number,
): readonly Entry[] {
  const { messageId, pull, at } = started;
  const index = entries.findIndex(
    (entry) => entry.type === 'pull' && entry.messageId === messageId && !entry.problem,
  );
  if (messageId !== undefined && index >= 0 && index < reach)
    return entries.map((entry, place) =>
      place === index && entry.type === 'pull' ? { ...entry, pull, at, count: entry.count + 1 } : entry,
    );
  return push(entries, limit, {
    type: 'pull',
    pull,
    at,
    contextId: started.contextId,
    cursor: started.cursor,
    ...(messageId === undefined ? {} : { messageId }),
    from: started.from,
    pieces: 0,
    milliseconds: 0,
  });
}

const endPull = (entry: PullEntry, ended: Ended): PullEntry => ({
  ...entry,
  at: ended.at,
  to: ended.to,
  pieces: entry.pieces + ended.count,
  milliseconds: entry.milliseconds + ended.milliseconds,
  ...problemOf(ended),
});

const problemOf = ({ problem }: { readonly problem?: { readonly detail: string } }): { problem?: string } =>
  problem ? { problem: problem.detail } : {};

/** Each kind of line without what every line gets here. */
type Fresh =
  Omit<SignalEntry, 'id' | 'count'> | Omit<PullEntry, 'id' | 'count'> | Omit<OtherEntry, 'id' | 'count'>;

const push = (entries: readonly Entry[], limit: number, fresh: Fresh): readonly Entry[] =>
  [{ ...fresh, id: (entries[0]?.id ?? 0) + 1, count: 1 }, ...entries].slice(0, limit);
