import { Icon, type IconName } from '../style/icon.js';
import styles from './home.module.css';

export interface HomeProps {
  readonly onNew: () => void;
  readonly onSignals: () => void;
}

/** What one meets first: the idea, and where to begin. */
export const Home = ({ onNew, onSignals }: HomeProps): React.JSX.Element => (
  <div className={styles.home}>
    <div className={styles.inner}>
      <h1>A chat backend that does not lose answers</h1>
      <p className={styles.lead}>
        The server owns the conversation. This page only follows it: reload in the middle of an answer, open a
        second tab, restart the server. Nothing is lost, nothing comes twice.
      </p>
      <ol className={styles.steps}>
        <Step icon="send" title="A command">
          goes to the server, which answers at once and works on whether you stay or not.
        </Step>
        <Step icon="signals" title="A signal" look={styles.signal}>
          says <em>that</em> something changed. It may be late, lost or doubled.
        </Step>
        <Step icon="pull" title="A pull" look={styles.pull}>
          says <em>what</em> changed, from a cursor that never expires.
        </Step>
      </ol>
      <div className={styles.buttons}>
        <button type="button" className="button primary" onClick={onNew}>
          Begin to talk
        </button>
        <button type="button" className="button" onClick={onSignals}>
          Watch it happen
        </button>
        <a href="docs">API reference</a>
      </div>
      <p className="quiet">
        Without a provider the built-in scripted model answers. Tell it <code>/reason</code>,{' '}
        <code>/words 300</code> or <code>/fail-after 5</code>.
      </p>
    </div>
  </div>
);

interface StepProps {
  readonly icon: IconName;
  readonly title: string;
  readonly look?: string;
  readonly children: React.ReactNode;
}

const Step = ({ icon, title, look, children }: StepProps): React.JSX.Element => (
  <li className={`${styles.step} ${look ?? ''}`}>
    <Icon name={icon} />
    <p>
      <b>{title}</b> {children}
    </p>
  </li>
);
