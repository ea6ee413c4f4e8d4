import { once } from 'node:events';

/** Writes a line to stdout. Resolves when there is room for more, so that a slow reader costs no memory. */
export async function say(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
