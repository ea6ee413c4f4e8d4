/** The groups that are alive, by the pid of the child that leads each. */
const leaders = new Set<number>();
let isWatching = false;

/** Whether children lead groups of their own here, so that what they start can be ended with them. */
export const hasGroups = process.platform !== 'win32';

/** From now on the group ends with us, however abruptly we exit (but for a SIGKILL, which nobody is told of). */
export function watchGroup(leader: number): void {
  leaders.add(leader);
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => leaders.forEach((pid) => signalGroup(pid, 'SIGKILL')));
}

/** Ends what is left of a group whose leader has ended. */
export function endGroup(leader: number): void {
  if (!leaders.delete(leader)) return;
  signalGroup(leader, 'SIGKILL');
}

/** Sends the signal to all of a group; one that is gone already is left alone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(hasGroups ? -leader : leader, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Nobody is there, or what is there has taken another user's rights.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
