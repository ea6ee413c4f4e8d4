import type { ConnectionView } from '@pullcord/client';
import { describe, expect, it } from 'vitest';
import { describeConnection, secondsUntil } from './connection-format.js';

const connection = (status: ConnectionView['status'], failures = 0): ConnectionView => ({
  status,
  failures,
  isShared: false,
});

describe('The state of the stream', () => {
  it.each([
    ['live', 0, true, 'Live'],
    ['connecting', 0, true, 'Connecting…'],
    ['connecting', 2, true, 'Reconnecting…'],
    ['connecting', 2, false, 'Offline'],
    ['waiting', 1, true, 'Reconnecting…'],
    ['waiting', 1, false, 'Offline'],
    ['refused', 1, true, 'Offline'],
  ] as const)('%s after %d failures, online: %s, is “%s”', (status, failures, isOnline, label) =>
    expect(describeConnection(connection(status, failures), isOnline).label).toBe(label),
  );

  it('says why it is not live, to those who ask', () => {
    const problem = {
      type: '/problems/draining',
      title: 'Draining',
      status: 503,
      detail: 'The server is about to end.',
      instance: '',
      code: 'draining',
    } as const;
    expect(describeConnection({ ...connection('waiting'), problem }, true).hint).toBe(problem.detail);
  });
});

describe('The time until the next try', () => {
  it.each([
    [5000, 0, 5],
    [5000, 4001, 1],
    [5000, 9000, 0],
  ])('until %d at %d is %d s', (until, now, seconds) => expect(secondsUntil(until, now)).toBe(seconds));
});
