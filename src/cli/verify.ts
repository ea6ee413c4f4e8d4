import 'reflect-metadata';
import type { Snapshot } from '../storage/snapshot.js';
import { openSqliteSnapshot } from '../storage/sqlite/sqlite-snapshot.js';
import { openFromSettings } from './open-snapshot.js';
import { say } from './say.js';
import { findings, newTally } from './verify/findings.js';

/** `pullcord verify [--quick] [FILE]`: each thing that is wrong, in a line of its own. Changes nothing. */
export async function verify(args: readonly string[]): Promise<number | 'usage'> {
  const files = args.filter((arg) => arg !== '--quick');
  const [file] = files;
  if (files.length > 1 || file?.startsWith('-')) return 'usage';
  const snapshot = file === undefined ? await openFromSettings() : openSqliteSnapshot(file);
  try {
    return await report(snapshot, args.includes('--quick') ? 'quick' : 'thorough');
  } finally {
    await snapshot.close();
  }
}

async function report(snapshot: Snapshot, how: 'quick' | 'thorough'): Promise<number> {
  const began = performance.now();
  const tally = newTally();
  let found = 0;
  for await (const finding of findings(snapshot, how, tally)) {
    found++;
    await say(finding);
  }
  const { contexts, messages, chunks } = tally;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const verdict = found === 0 ? 'nothing is wrong' : `${found} findings`;
  await say(
    `${contexts} contexts, ${messages} messages and ${chunks} chunks checked in ${seconds} s: ${verdict}.`,
  );
  return found === 0 ? 0 : 1;
}
