// What the drawer shows, kept whether it is open or not: bounded, and told at most once per frame of the screen.
import type { Activity } from '@pullcord/client';
import { addEntry, type Entry } from './entry-state.js';
import { moveLanes, type Lane } from './lane-state.js';

export interface ActivityView {
  /** The newest cursor first. */
  readonly lanes: readonly Lane[];
  /** The newest line first. */
  readonly entries: readonly Entry[];
  readonly signals: number;
  readonly pulls: number;
  readonly isPaused: boolean;
}

const limits = { lanes: 24, entries: 200 };
const empty: ActivityView = { lanes: [], entries: [], signals: 0, pulls: 0, isPaused: false };

export class ActivityLog {
  private now = empty;
  private shown = empty;
  private frame?: number;
  private readonly listeners = new Set<() => void>();

  /** Draws with the next frame of the screen, unless it is told when. */
  constructor(
    private readonly nextFrame: (draw: () => void) => number = (draw) => requestAnimationFrame(draw),
  ) {}

  readonly getView = (): ActivityView => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Bound, to be given to `pullcord.activity`. */
  readonly add = (activity: Activity): void => {
    const { now } = this;
    this.now = {
      ...now,
      lanes: moveLanes(now.lanes, activity, limits.lanes),
      entries: addEntry(now.entries, activity, limits.entries),
      signals: now.signals + (activity.type === 'signal' ? 1 : 0),
      pulls: now.pulls + (activity.type === 'pull_ended' ? 1 : 0),
    };
    if (!now.isPaused) this.frame ??= this.nextFrame(this.show);
  };

  /** What is shown stands still; what happens meanwhile is shown afterwards. */
  pause(isPaused: boolean): void {
    this.now = { ...this.now, isPaused };
    if (isPaused) this.shown = { ...this.shown, isPaused };
    this.frame ??= this.nextFrame(this.show);
  }

  /** Forgets the lines, the counts, and the cursors of messages that are whole. */
  clear(): void {
    const lanes = this.now.lanes.filter((lane) => lane.cursor === 'revision' || lane.have < lane.known);
    this.now = { ...empty, lanes, isPaused: this.now.isPaused };
    this.shown = this.now;
    this.frame ??= this.nextFrame(this.show);
  }

  private readonly show = (): void => {
    this.frame = undefined;
    if (!this.now.isPaused) this.shown = this.now;
    for (const listener of this.listeners) listener();
  };
}
