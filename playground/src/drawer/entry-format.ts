// What the drawer says of a line and of a cursor, in words. Pure.
import type { Entry, PullEntry } from './entry-state.js';
import type { Lane } from './lane-state.js';

/** The end of an id tells it from others made in the same moment. */
export const shortId = (id: string): string => id.slice(-4);

export const laneName = (lane: Lane): string =>
  lane.messageId === undefined ? 'revision' : `sequence of …${shortId(lane.messageId)}`;

export interface EntryWords {
  readonly what: string;
  /** Where it went or stands. */
  readonly where: string;
  readonly problem?: string;
}

export function describeEntry(entry: Entry): EntryWords {
  switch (entry.type) {
    case 'signal':
      return { what: entry.name, where: entry.mark };
    case 'pull':
      return { what: pullName(entry), where: pullOutcome(entry), ...problemOf(entry) };
    case 'connection':
      return { what: 'stream', where: entry.text, ...problemOf(entry) };
    case 'command':
      return { what: entry.text, where: 'command', ...problemOf(entry) };
  }
}

const pullName = ({ cursor, from, count }: PullEntry): string => {
  const since = count > 1 ? '' : ` ${cursor === 'revision' ? 'since' : 'after'} ${from}`;
  return `${cursor === 'revision' ? 'messages' : 'chunks'}${since}`;
};

function pullOutcome({ from, to, pieces, count, milliseconds }: PullEntry): string {
  if (to === undefined) return '…';
  const each = Math.round(milliseconds / count);
  return `${from} to ${to}: ${pieces} in ${each} ms${count > 1 ? ' each' : ''}`;
}

const problemOf = ({ problem }: { readonly problem?: string }): { problem?: string } =>
  problem === undefined ? {} : { problem };

export const clock = (at: number): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
