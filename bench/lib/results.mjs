// The results that are kept: one JSON file for each whole run.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'bench', 'results');

/** Writes a text as Prettier would have it; answers where, from the root. */
export async function writeFormatted(path, text) {
  const config = await prettier.resolveConfig(path);
  writeFileSync(path, await prettier.format(text, { ...config, filepath: path }));
  return relative(root, path);
}

export function saveResult(result) {
  mkdirSync(folder, { recursive: true });
  const name = `${result.at.slice(0, 10)}-${result.mode}.json`;
  return writeFormatted(join(folder, name), JSON.stringify(result));
}

/** The newest of the whole runs that were made in full, or of the quick ones while there is no full one. */
export function newestResult() {
  const results = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .sort((a, b) => (a.mode === b.mode ? b.at.localeCompare(a.at) : a.mode === 'full' ? -1 : 1));
  if (results.length === 0) throw new Error('There are no results yet: run `npm run bench` first.');
  return results[0];
}
