import { createRequire } from 'node:module';
import type Yaml from 'yaml';

/** What a YAML text says, or where it is wrong: completes the sentence "it is not valid YAML …". */
export type YamlReading = { readonly value: unknown } | { readonly wrong: string };

/** More than this many values by aliases is no file that somebody wrote: it may stand for more than memory holds. */
const maxAliases = 100;

/** Reads one document. Never throws for what is written, and quotes none of it: it may hold secrets. */
export function readYaml(text: string): YamlReading {
  const document = loadYaml().parseDocument(text);
  const [error] = document.errors;
  if (error) return { wrong: `at line ${error.linePos?.[0].line ?? 1}` };
  try {
    return { value: document.toJS({ maxAliasCount: maxAliases }) as unknown };
  } catch {
    return { wrong: 'in its aliases, which stand for too much or for nothing' };
  }
}

/** At once, but only when there is a file: most servers have none, and the parser is a twentieth of their start. */
const loadYaml = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;
