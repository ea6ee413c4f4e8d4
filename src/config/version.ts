import { existsSync, readFileSync } from 'node:fs';

const found = ['../../', '../../../']
  .map((path) => new URL(path, import.meta.url))
  .find((folder) => existsSync(new URL('package.json', folder)));
if (!found) throw new Error('There is no package.json above the program.');

/** The folder of package.json, found by walking up: from dist/src as well as from src. */
export const projectFolder: URL = found;

const stated = JSON.parse(readFileSync(new URL('package.json', projectFolder), 'utf8')) as {
  readonly version: string;
};

/** The version of the service; package.json is the one place that says it. */
export const version: string = stated.version;
