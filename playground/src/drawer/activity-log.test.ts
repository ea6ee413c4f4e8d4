import type { Activity } from '@pullcord/client';
import { describe, expect, it } from 'vitest';
import { ActivityLog } from './activity-log.js';

const contextId = '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77';
const command = (action: string): Activity => ({ type: 'command', at: 0, contextId, action });
const told: Activity = {
  type: 'signal',
  at: 0,
  signal: {
    type: 'content_delta',
    context_id: contextId,
    message_id: 'one',
    current_sequence: 3,
    revision: 7,
    timestamp: '2026-01-31T12:00:00.000Z',
  },
};

/** A log whose frames come when the test says so. */
function start() {
  const frames: (() => void)[] = [];
  const log = new ActivityLog((draw) => frames.push(draw));
  let drawn = 0;
  log.subscribe(() => drawn++);
  return { log, draw: () => frames.splice(0).forEach((frame) => frame()), drawn: () => drawn };
}

describe('The log of the drawer', () => {
  it('is drawn once in a frame, whatever happens in it', () => {
    const { log, draw, drawn } = start();
    for (let count = 0; count < 50; count++) log.add(told);
    expect(log.getView().signals).toBe(0);
    draw();
    expect(drawn()).toBe(1);
    expect(log.getView()).toMatchObject({ signals: 50, pulls: 0 });
    expect(log.getView().entries).toHaveLength(1);
  });

  it('stands still while it is paused, and then shows what has happened meanwhile', () => {
    const { log, draw } = start();
    log.add(command('before'));
    draw();
    log.pause(true);
    draw();
    log.add(command('meanwhile'));
    draw();
    expect(log.getView()).toMatchObject({ isPaused: true });
    expect(log.getView().entries).toHaveLength(1);
    log.pause(false);
    draw();
    expect(log.getView().entries).toHaveLength(2);
  });

  it('forgets its lines and counts when it is cleared, and keeps the cursors that are behind', () => {
    const { log, draw } = start();
    log.add(told);
    draw();
    log.clear();
    draw();
    expect(log.getView()).toMatchObject({ entries: [], signals: 0, lanes: [{ have: 0, known: 3 }] });
  });

  it('holds 200 lines and 24 cursors, however long it listens', () => {
    const { log, draw } = start();
    for (let count = 0; count < 300; count++) {
      log.add(command(`command_${count}`));
      log.add({
        type: 'pull_started',
        at: 0,
        pull: count,
        contextId: `${count}`,
        cursor: 'revision',
        from: 0,
      });
    }
    draw();
    expect(log.getView().entries).toHaveLength(200);
    expect(log.getView().lanes).toHaveLength(24);
  });
});
