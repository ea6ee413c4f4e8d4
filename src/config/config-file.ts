import { readYaml } from './read-yaml.js';
import { declarations } from './setting.js';
import { StartRefused } from '../kernel/start-refused.js';

export const configFileName = 'pullcord.config.yaml';

/** The values in a configuration file by their dotted names. A name without a value counts as not there. */
export function readConfigFile(fileText: string, fileName: string): Map<string, unknown> {
  const reading = readYaml(fileText);
  if ('wrong' in reading) throw new StartRefused(`${fileName} is not valid YAML ${reading.wrong}.`);
  const values = new Map<string, unknown>();
  collect(reading.value, '', values, fileName);
  return values;
}

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
