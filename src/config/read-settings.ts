import { configFileName, readConfigFile } from './config-file.js';
import { withKeys } from './provider-table.js';
import { declarations, type Declaration } from './setting.js';
import { Settings } from './settings.js';
import { StartRefused } from '../kernel/start-refused.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the configuration file is; not a setting, for the file cannot say it. */
export const configPathName = 'PULLCORD_CONFIG';

/**
 * The settings that these names and this file give; the environment wins over the file, the file over the defaults.
 * Throws a StartRefused of one line for the first thing that is wrong.
 */
export function readSettings(env: Environment, fileText?: string, fileName = configFileName): Settings {
  refuseUnknownNames(env);
  const inFile = fileText === undefined ? new Map<string, unknown>() : readConfigFile(fileText, fileName);
  const given: Record<string, unknown> = {};
  for (const declaration of declarations) {
    const { env: name, file, field } = declaration;
    // An empty variable is how compose files and shells say "unset".
    if (env[name]) given[field] = accept(declaration, env[name], name);
    else if (inFile.has(file)) given[field] = accept(declaration, inFile.get(file), `${file} in ${fileName}`);
  }
  const read = Object.assign(new Settings(), given);
  const settings = Object.assign(read, { providers: withKeys(read.providers, env) });
  refuseContradictions(settings);
  return Object.freeze(settings);
}

function accept({ kind, secret }: Declaration, raw: unknown, name: string): unknown {
  const value = kind.read(raw);
  if (value !== undefined) return value;
  const why = kind.whyNot?.(raw);
  if (why !== undefined) throw new StartRefused(`${name} is wrong: ${why}.`);
  const shown = secret ? 'set to something else (not shown here)' : shorten(JSON.stringify(raw));
  throw new StartRefused(`${name} must be ${kind.allowed}, but is ${shown}.`);
}

const shorten = (value: string): string => (value.length > 100 ? `${value.slice(0, 100)}…` : value);

function refuseUnknownNames(env: Environment): void {
  const known = new Set([configPathName, ...declarations.map((declaration) => declaration.env)]);
  const isUnknown = (name: string): boolean =>
    name.startsWith('PULLCORD_') && !known.has(name) && !isServiceLink(name, env[name] ?? '');
  const unknown = Object.keys(env).find(isUnknown);
  if (unknown)
    throw new StartRefused(`${unknown} is not a setting; docs/reference/settings.md lists them all.`);
}

/** Kubernetes gives every pod names like these when a service is called "pullcord" (its docs: Service, discovery). */
const isServiceLink = (name: string, value: string): boolean =>
  /^PULLCORD_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/.test(name) ||
  (name === 'PULLCORD_PORT' && /^(tcp|udp|sctp):\/\//.test(value));

function refuseContradictions({ host, tokens, corsOrigins }: Settings): void {
  if (new Set(tokens.map((token) => token.sha256)).size < tokens.length)
    throw new StartRefused('PULLCORD_TOKENS must be different tokens, but holds the same one twice.');
  if (tokens.length > 0) return;
  if (!isLoopback(host))
    throw new StartRefused(
      `HOST is "${host}", which others can reach: set PULLCORD_TOKENS, or use 127.0.0.1.`,
    );
  if (corsOrigins.includes('*'))
    throw new StartRefused(
      'PULLCORD_CORS_ORIGINS is "*", which lets every web page in: set PULLCORD_TOKENS too.',
    );
}

/** Whether only this machine can connect to a server that listens on this host. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/i.test(host);
