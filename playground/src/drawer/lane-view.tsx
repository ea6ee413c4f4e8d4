import { laneName } from './entry-format.js';
import type { Lane } from './lane-state.js';
import styles from './drawer.module.css';

/** How many positions of a cursor are drawn; the last is the farthest that is known. */
const positions = 32;

/** A cursor as a row of ticks: teal is pulled, amber is only known of. */
export function LaneView({
  lane,
  title,
}: {
  readonly lane: Lane;
  readonly title: string;
}): React.JSX.Element {
  const behind = Math.max(0, lane.known - lane.have);
  return (
    <li className={styles.lane}>
      <div className={styles.laneHead}>
        <span className={styles.laneName}>
          {laneName(lane)} <span className={styles.dim}>{title}</span>
        </span>
        <span className={styles.numbers}>
          <span className={styles.have}>{lane.have}</span>
          {behind > 0 && (
            <>
              <span className={styles.dim}> of </span>
              <span className={styles.known}>{lane.known}</span>
            </>
          )}
        </span>
      </div>
      <Ticks lane={lane} />
      <p className={styles.laneFoot}>
        {count(lane.signals, 'signal')} · {count(lane.pulls, 'pull')}
        {lane.milliseconds === undefined ? '' : ` · last ${Math.round(lane.milliseconds)} ms`}
        {lane.isPulling ? ' · pulling' : ''}
      </p>
    </li>
  );
}

function Ticks({ lane }: { readonly lane: Lane }): React.JSX.Element {
  const first = Math.max(1, lane.known - positions + 1);
  return (
    <div className={styles.ticks} aria-hidden="true">
      {Array.from({ length: positions }, (_, index) => {
        const at = first + index;
        const look = at <= lane.have ? styles.pulled : at <= lane.known ? styles.told : '';
        return <i key={at} className={look} />;
      })}
    </div>
  );
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
