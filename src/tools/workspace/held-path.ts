import type { FileHandle } from 'node:fs/promises';

/**
 * The path of an open folder that holds whatever its name leads to by now: what is done below it is done in this very
 * folder (as with openat(2), which Node does not have). Elsewhere than on Linux there is only its name.
 */
export const heldPath = ({ fd }: FileHandle, real: string): string =>
  process.platform === 'linux' ? `/proc/self/fd/${fd}` : real;
