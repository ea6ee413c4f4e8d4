import { loadConfigText } from './load-settings.js';
import { readConfigFile } from './config-file.js';
import type { Environment } from './read-settings.js';
import { declarations } from './setting.js';

/**
 * A token as it was set, for whoever may read the settings anyway: the first one, of this owner where one is named.
 * Undefined where there is none but as its hash. Settings themselves keep hashes alone.
 */
export function plainToken(owner?: string, env: Environment = process.env): string | undefined {
  const tokens = declarations.find(({ field }) => field === 'tokens');
  const config = loadConfigText(env);
  const inFile = config ? readConfigFile(config.text, config.path) : undefined;
  const raw: unknown = (tokens && env[tokens.env]) || inFile?.get(tokens?.file ?? '');
  const items: readonly unknown[] = typeof raw === 'string' ? raw.split(',') : Array.isArray(raw) ? raw : [];
  for (const item of items) {
    const [, itsOwner, token] = /^([^:]+):(.+)$/.exec(String(item).trim()) ?? [];
    if (token && !token.startsWith('sha256:') && (owner ?? itsOwner) === itsOwner) return token;
  }
  return undefined;
}
