import { useState, useSyncExternalStore } from 'react';
import { Icon } from '../style/icon.js';
import type { ActivityLog, ActivityView } from './activity-log.js';
import { EntryView } from './entry-view.js';
import type { Lane } from './lane-state.js';
import { LaneView } from './lane-view.js';
import styles from './drawer.module.css';

export interface DrawerProps {
  readonly log: ActivityLog;
  /** The context that is open, which one may look at alone. */
  readonly contextId?: string;
  /** What a context is called, for people. */
  readonly titleOf: (contextId: string) => string;
  readonly onClose: () => void;
}

/** The cursors that are shown of messages; those of contexts are all shown. */
const shownMessages = 4;

/** Signals and pulls as they happen, cursor by cursor. */
export function Drawer({ log, contextId, titleOf, onClose }: DrawerProps): React.JSX.Element {
  const view = useSyncExternalStore(log.subscribe, log.getView);
  const [isAlone, setAlone] = useState(false);
  const only = isAlone ? contextId : undefined;
  const isShown = (each: { readonly contextId?: string }): boolean => !only || each.contextId === only;
  const nameOf = (id: string | undefined): string => (id === undefined || only ? '' : titleOf(id));
  return (
    <>
      <header className={styles.head}>
        <h2>Signals and pulls</h2>
        <button type="button" className="sign" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <p className={styles.idea}>
        A <b className={styles.known}>signal</b> says <em>that</em> something changed. A{' '}
        <b className={styles.have}>pull</b> from a cursor says <em>what</em>.
      </p>
      <Tools log={log} view={view}>
        <label className={styles.only}>
          <input
            type="checkbox"
            checked={isAlone}
            disabled={!contextId}
            onChange={(event) => setAlone(event.target.checked)}
          />
          This one only
        </label>
      </Tools>
      <div className={styles.scroll}>
        <h3 className={styles.section}>Cursors</h3>
        <ul className={styles.lanes}>
          {lanesToShow(view.lanes.filter(isShown)).map((lane) => (
            <LaneView key={lane.key} lane={lane} title={nameOf(lane.contextId)} />
          ))}
        </ul>
        <h3 className={styles.section}>
          {view.signals} signals, {view.pulls} pulls
        </h3>
        <ol className={styles.entries}>
          {view.entries.filter(isShown).map((entry) => (
            <EntryView key={entry.id} entry={entry} title={nameOf(entry.contextId)} />
          ))}
        </ol>
      </div>
    </>
  );
}

/** Cursors of contexts first; of what nobody here has pulled there is nothing to draw. */
function lanesToShow(lanes: readonly Lane[]): readonly Lane[] {
  const pulled = lanes.filter((lane) => lane.pulls > 0 || lane.isPulling);
  return [
    ...pulled.filter((lane) => lane.cursor === 'revision'),
    ...pulled.filter((lane) => lane.cursor === 'sequence').slice(0, shownMessages),
  ];
}

interface ToolsProps {
  readonly log: ActivityLog;
  readonly view: ActivityView;
  readonly children: React.ReactNode;
}

const Tools = ({ log, view, children }: ToolsProps): React.JSX.Element => (
  <div className={styles.tools}>
    <button type="button" className="button" onClick={() => log.pause(!view.isPaused)}>
      <Icon name={view.isPaused ? 'play' : 'pause'} />
      {view.isPaused ? 'Resume' : 'Pause'}
    </button>
    <button type="button" className="button" onClick={() => log.clear()}>
      Clear
    </button>
    {children}
  </div>
);
