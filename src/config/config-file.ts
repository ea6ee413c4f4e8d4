import { createRequire } from 'node:module';
import type Yaml from 'yaml';
import { declarations } from './setting.js';
import { StartRefused } from '../kernel/start-refused.js';

export const configFileName = 'pullcord.config.yaml';

/** The values in a configuration file by their dotted names. A name without a value counts as not there. */
export function readConfigFile(fileText: string, fileName: string): Map<string, unknown> {
  const values = new Map<string, unknown>();
  collect(parseYaml(fileText, fileName), '', values, fileName);
  return values;
}

function parseYaml(fileText: string, fileName: string): unknown {
  const document = loadYaml().parseDocument(fileText);
  const [error] = document.errors;
  // Not the parser's own message: it quotes the file, which may hold secrets, over several lines.
  if (error) throw invalidYaml(fileName, `at line ${error.linePos?.[0].line ?? 1}`);
  try {
    return document.toJS();
  } catch {
    throw invalidYaml(fileName, 'in its aliases');
  }
}

/** At once, but only when there is a file: most servers have none, and the parser is a twentieth of their start. */
const loadYaml = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;

const invalidYaml = (fileName: string, where: string): StartRefused =>
  new StartRefused(`${fileName} is not valid YAML ${where}.`);

function collect(value: unknown, name: string, values: Map<string, unknown>, fileName: string): void {
  if (value === null || value === undefined) return;
  if (declarations.some(({ file }) => file === name)) values.set(name, value);
  else if (name && !declarations.some(({ file }) => file.startsWith(`${name}.`)))
    throw new StartRefused(
      `${name} in ${fileName} is not a setting; docs/reference/settings.md lists them all.`,
    );
  else if (typeof value !== 'object' || Array.isArray(value))
    throw new StartRefused(`${name ? `${name} in ` : ''}${fileName} must be a mapping of names to values.`);
  else
    for (const [key, inner] of Object.entries(value))
      collect(inner, name ? `${name}.${key}` : key, values, fileName);
}
