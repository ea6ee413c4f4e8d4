// The cursors as the drawer draws them: how far each has pulled, and how far signals say there is something. Pure.
import type { Activity, Pull } from '@pullcord/client';

type Signal = Extract<Activity, { type: 'signal' }>['signal'];

/** One cursor. It is behind while `known` is more than `have`. */
export interface Lane {
  readonly key: string;
  readonly contextId: string;
  readonly cursor: Pull['cursor'];
  /** The streaming message, where the cursor is `sequence`. */
  readonly messageId?: string;
  /** Where the last pull has come to. */
  readonly have: number;
  /** The farthest that a signal or a pull has told of; never less than `have`. */
  readonly known: number;
  readonly isPulling: boolean;
  readonly signals: number;
  readonly pulls: number;
  /** How long the last pull took; undefined before the first. */
  readonly milliseconds?: number;
}

type Cursor = Pick<Lane, 'contextId' | 'cursor' | 'messageId'>;

export const laneKey = (of: Cursor): string => `${of.contextId}/${of.messageId ?? of.cursor}`;

/** The lanes after this has happened, the newest first, `limit` of them at most. */
export function moveLanes(lanes: readonly Lane[], activity: Activity, limit: number): readonly Lane[] {
  switch (activity.type) {
    case 'signal':
      return moved(lanes, marksOf(activity.signal), limit, (lane, mark) => ({
        ...lane,
        known: Math.max(lane.known, mark.at),
        signals: lane.signals + 1,
      }));
    case 'pull_started':
      return moved(lanes, [{ ...cursorOf(activity), at: activity.from }], limit, (lane, { at }) => ({
        ...lane,
        have: at,
        known: Math.max(lane.known, at),
        isPulling: true,
      }));
    case 'pull_ended':
      return moved(lanes, [{ ...cursorOf(activity), at: activity.to }], limit, (lane, { at }) => ({
        ...lane,
        have: at,
        known: Math.max(lane.known, at),
        isPulling: false,
        pulls: lane.pulls + 1,
        milliseconds: activity.milliseconds,
      }));
    default:
      return lanes;
  }
}

const cursorOf = ({ contextId, cursor, messageId }: Pull): Cursor => ({
  contextId,
  cursor,
  ...(messageId === undefined ? {} : { messageId }),
});

/** A cursor, and where a signal says it is at. */
type Mark = Cursor & { readonly at: number };

function marksOf(signal: Signal): readonly Mark[] {
  if (!('context_id' in signal) || signal.context_id === undefined || signal.revision === undefined)
    return [];
  const contextId = signal.context_id;
  const revision: Mark = { contextId, cursor: 'revision', at: signal.revision };
  const sequence = (messageId: string, at: number): Mark => ({
    contextId,
    cursor: 'sequence',
    messageId,
    at,
  });
  switch (signal.type) {
    case 'content_delta':
      return [sequence(signal.message_id, signal.current_sequence)];
    case 'snapshot':
      return [revision, ...signal.streaming.map((each) => sequence(each.message_id, each.current_sequence))];
    default:
      return [revision];
  }
}

function moved(
  lanes: readonly Lane[],
  marks: readonly Mark[],
  limit: number,
  move: (lane: Lane, mark: Mark) => Lane,
): readonly Lane[] {
  return marks.reduce<readonly Lane[]>((before, mark) => {
    const key = laneKey(mark);
    // In its place, so that nothing jumps about while one reads it.
    return before.some((lane) => lane.key === key)
      ? before.map((lane) => (lane.key === key ? move(lane, mark) : lane))
      : [move(freshLane(key, mark), mark), ...before].slice(0, limit);
  }, lanes);
}

const freshLane = (key: string, { contextId, cursor, messageId }: Mark): Lane => ({
  key,
  contextId,
  cursor,
  ...(messageId === undefined ? {} : { messageId }),
  have: 0,
  known: 0,
  isPulling: false,
  signals: 0,
  pulls: 0,
});
