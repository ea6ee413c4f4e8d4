import { existsSync, readFileSync } from 'node:fs';
import { configFileName } from './config-file.js';
import { configPathName, readSettings, type Environment } from './read-settings.js';
import { StartRefused } from '../kernel/start-refused.js';
import type { Settings } from './settings.js';

/** The settings of this process. Throws a StartRefused of one line for the first thing that is wrong. */
export function loadSettings(env: Environment = process.env): Settings {
  const config = loadConfigText(env);
  return config ? readSettings(env, config.text, config.path) : readSettings(env);
}

interface ConfigText {
  readonly path: string;
  readonly text: string;
}

/** What is in the configuration file; undefined where there is none. Throws StartRefused when it cannot be read. */
export function loadConfigText(env: Environment): ConfigText | undefined {
  const path = env[configPathName] || configFileName;
  // Only a file that was asked for by name has to be there.
  if (!env[configPathName] && !existsSync(path)) return undefined;
  return { path, text: readFile(path) };
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new StartRefused(`The configuration file ${path} cannot be read (${reason}).`);
  }
}
