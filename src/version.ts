import { readFileSync } from 'node:fs';

// From dist/src as well as from src, package.json is found by walking up: the one place that says the version.
const file = ['../package.json', '../../package.json']
  .map((path) => new URL(path, import.meta.url))
  .map(read)
  .find((text) => text !== undefined);

export const version: string = (JSON.parse(file ?? '{"version":"0.0.0"}') as { version: string }).version;

function read(url: URL): string | undefined {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return undefined;
  }
}
