import { DomainError } from '../kernel/domain-error.js';
import { isId, mainBranch, type BranchId, type MessageId, type RunId } from '../kernel/ids.js';

/** What of a context's messages a stream tells: those on a branch behind a message, until a run is over. */
export interface TurnName {
  readonly branch: BranchId;
  /** The user's message; of a continued turn, the last message that the page has. */
  readonly after: MessageId;
  /** Undefined where the answer is no run's, but that of a producer outside. */
  readonly run: RunId | undefined;
  readonly isContinued: boolean;
}

const whole = 'whole';
const rest = 'rest';

/** A name to ask for the same stream again, in a header or a query. Pure. */
export const writeTurnName = ({ branch, after, run, isContinued }: TurnName): string =>
  [isContinued ? rest : whole, branch, after, run ?? ''].join('.');

/** `invalid_request` for what was never a name. Pure. */
export function readTurnName(name: string): TurnName {
  const [kind, branch, after, run, ...more] = name.split('.');
  const isBranch = branch === mainBranch || isId(branch);
  const isName =
    (kind === whole || kind === rest) &&
    isBranch &&
    isId(after) &&
    (run === '' || isId(run)) &&
    more.length === 0;
  if (!isName) {
    const message = 'must be one that this server gave in X-Pullcord-Turn';
    throw new DomainError('invalid_request', `turn ${message}.`, { errors: [{ path: 'turn', message }] });
  }
  return {
    branch: branch as BranchId,
    after: after as MessageId,
    run: run === '' ? undefined : (run as RunId),
    isContinued: kind === rest,
  };
}
