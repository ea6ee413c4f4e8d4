import { StartRefused } from '../kernel/start-refused.js';
import { key, longest } from './kinds.js';
import {
  headersOf,
  mapping,
  objectFrom,
  objectOf,
  quote,
  refuseOtherFields,
  textsOf,
  Wrong,
} from './mapping.js';

/** What is said of every provider. A limit that is not there is the one that is set for all. */
interface EveryProvider {
  /** Names of models that are known to exist, without the provider's own before them. */
  readonly models: readonly string[];
  /** Whether other names are sent to it too: only its server knows them. */
  readonly takes_any_name: boolean;
  /** Calls under way at once; more wait for their turn. */
  readonly max_concurrent?: number;
  /** Calls that may wait; past it they fail at once. */
  readonly max_waiting?: number;
  readonly connect_timeout_ms?: number;
  readonly first_chunk_timeout_ms?: number;
  readonly idle_timeout_ms?: number;
}

/** What is said of every provider that is a server. */
interface EveryServer extends EveryProvider {
  /** Sent as the type wants it. Never shown, never logged. */
  readonly api_key?: string;
  /** The variable of the environment that has the key; read once, at the start. */
  readonly api_key_env?: string;
  /** Sent with every request. Their values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Which of OpenAI's two APIs is asked where the caller leaves the choice. */
export const openAiApis = ['chat_completions', 'responses'] as const;
export type OpenAiApi = (typeof openAiApis)[number];

/** OpenAI itself, or a server that has both of its APIs. */
export interface OpenAiSettings extends EveryServer {
  readonly type: 'openai';
  /** With the version, such as `https://api.openai.com/v1`; may carry a user and a password. */
  readonly base_url: string;
  readonly api: OpenAiApi;
}

/** Any server that speaks OpenAI's chat completions. */
export interface OpenAiCompatibleSettings extends EveryServer {
  readonly type: 'openai_compatible';
  /** With the version; may carry a user and a password. */
  readonly base_url: string;
  readonly api: OpenAiApi;
}

export interface AnthropicSettings extends EveryServer {
  readonly type: 'anthropic';
  /** Without the version, as Anthropic's own clients have it, such as `https://api.anthropic.com`. */
  readonly base_url: string;
}

export interface AzureSettings extends EveryServer {
  readonly type: 'azure';
  /** The resource, such as `https://mine.openai.azure.com`. */
  readonly endpoint: string;
  readonly api: OpenAiApi;
  /** `v1`, `preview` or a date such as 2024-10-21; undefined for the API that has no versions any more. */
  readonly api_version?: string;
  /** The deployments of models that are not deployed under their own names. */
  readonly deployments: Readonly<Record<string, string>>;
  /** Put before the name of a model that is not among `deployments`. */
  readonly model_prefix?: string;
}

/** GitHub Copilot, with the token of the user who has logged in. */
export interface CopilotSettings extends EveryProvider {
  readonly type: 'copilot';
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for the address that comes with the token. */
  readonly base_url?: string;
}

/** The model that follows a script: for trying things out, and for tests. */
export interface ScriptedSettings extends EveryProvider {
  readonly type: 'scripted';
}

export type ProviderSettings =
  | OpenAiSettings
  | OpenAiCompatibleSettings
  | AnthropicSettings
  | AzureSettings
  | CopilotSettings
  | ScriptedSettings;

export type ProviderType = ProviderSettings['type'];
export const providerTypes = [
  'openai',
  'openai_compatible',
  'anthropic',
  'azure',
  'copilot',
  'scripted',
] as const satisfies readonly ProviderType[];

/** By their names: what stands before the slash of a model id. */
export type ProviderTable = Readonly<Record<string, ProviderSettings>>;

export const providerTable = mapping<ProviderTable>(
  'a mapping of names to {type, base_url, api_key, api_key_env, headers, models, …}',
  readTable,
);

const maxProviders = 100;
const maxModels = 1000;

function readTable(raw: unknown): ProviderTable {
  const providers = Object.entries(objectFrom(raw));
  if (providers.length > maxProviders) throw new Wrong(`there are more than ${maxProviders} providers`);
  return Object.fromEntries(providers.map(([name, provider]) => [name, readProvider(provider, name)]));
}

type Given = Readonly<Record<string, unknown>>;

const everyFields = ['type', 'models', 'takes_any_name'];
const limitFields = [
  'max_concurrent',
  'max_waiting',
  'connect_timeout_ms',
  'first_chunk_timeout_ms',
  'idle_timeout_ms',
] as const;
const serverFields = ['api_key', 'api_key_env', 'headers'];

/** The fields that one type has beside those that all have. */
const ownFields: Readonly<Record<ProviderType, readonly string[]>> = {
  openai: [...serverFields, 'base_url', 'api'],
  openai_compatible: [...serverFields, 'base_url', 'api'],
  anthropic: [...serverFields, 'base_url'],
  azure: [...serverFields, 'endpoint', 'api', 'api_version', 'deployments', 'model_prefix'],
  copilot: ['headers', 'base_url'],
  scripted: [],
};

function readProvider(raw: unknown, name: string): ProviderSettings {
  if (!/^[a-z][\w.-]{0,63}$/.test(name))
    throw new Wrong(
      `the provider name ${quote(name)} must be 1 to 64 letters, digits and . _ -, a small letter first`,
    );
  const given = objectOf(raw, name);
  const type = providerTypes.find((one) => one === given.type);
  if (!type) throw new Wrong(`${name}.type must be one of ${providerTypes.join(', ')}`);
  if (name === 'scripted' && type !== 'scripted')
    throw new Wrong('scripted is the built-in provider: another one needs another name');
  refuseOtherFields(given, [...everyFields, ...limitFields, ...ownFields[type]], name);
  const every = readEvery(given, type, name);
  switch (type) {
    case 'openai':
      return { type, ...every, ...readServer(given, name), ...readOpenAi(given, type, name) };
    case 'openai_compatible':
      return { type, ...every, ...readServer(given, name), ...readOpenAi(given, type, name) };
    case 'anthropic': {
      const base_url = urlOf(given.base_url ?? anthropicUrl, `${name}.base_url`);
      return { type, ...every, ...readServer(given, name), base_url };
    }
    case 'azure':
      return { type, ...every, ...readServer(given, name), ...readAzure(given, name) };
    case 'copilot': {
      const headers = headersOf(given.headers ?? {}, `${name}.headers`);
      const { base_url } = given;
      return { type, ...every, headers, ...(base_url !== undefined && { base_url: urlOf(base_url, name) }) };
    }
    case 'scripted':
      return { type, ...every };
  }
}

const openAiUrl = 'https://api.openai.com/v1';
const anthropicUrl = 'https://api.anthropic.com';

function readEvery(given: Given, type: ProviderType, name: string): EveryProvider {
  const { models = [], takes_any_name = type !== 'scripted' } = given;
  if (!Array.isArray(models) || models.length > maxModels || !models.every(isModelName))
    throw new Wrong(`${name}.models must be a list of at most ${maxModels} names of models`);
  if (typeof takes_any_name !== 'boolean') throw new Wrong(`${name}.takes_any_name must be true or false`);
  if (type !== 'scripted' && !takes_any_name && models.length === 0)
    throw new Wrong(`${name} has no models and takes no other names, so nothing could be asked of it`);
  return { models: [...new Set(models)], takes_any_name, ...readLimits(given, name) };
}

const isModelName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);

function readLimits(given: Given, name: string): Partial<Record<(typeof limitFields)[number], number>> {
  const limits = limitFields.flatMap((field) => {
    const value = given[field];
    if (value === undefined) return [];
    const [min, max] = field.endsWith('_ms') ? [1, longest] : [field === 'max_waiting' ? 0 : 1, 1_000_000];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
      throw new Wrong(`${name}.${field} must be a whole number from ${min} to ${max}`);
    return [[field, value] as const];
  });
  return Object.fromEntries(limits);
}

function readServer(given: Given, name: string): Omit<EveryServer, keyof EveryProvider> {
  const { api_key, api_key_env, headers = {} } = given;
  if (api_key !== undefined && api_key_env !== undefined)
    throw new Wrong(`${name} may have an api_key or an api_key_env, not both`);
  const read = api_key === undefined ? undefined : key.read(api_key);
  if (api_key !== undefined && read === undefined) throw new Wrong(`${name}.api_key must be ${key.allowed}`);
  if (api_key_env !== undefined && !(typeof api_key_env === 'string' && /^[A-Za-z_]\w*$/.test(api_key_env)))
    throw new Wrong(`${name}.api_key_env must be the name of a variable`);
  return {
    headers: headersOf(headers, `${name}.headers`),
    ...(read !== undefined && { api_key: read }),
    ...(api_key_env !== undefined && { api_key_env }),
  };
}

function readOpenAi(given: Given, type: 'openai' | 'openai_compatible', name: string) {
  if (type === 'openai_compatible' && given.base_url === undefined)
    throw new Wrong(`${name}.base_url must be there: it says where the server is`);
  return {
    base_url: urlOf(given.base_url ?? openAiUrl, `${name}.base_url`),
    api: apiOf(given.api ?? (type === 'openai' ? 'responses' : 'chat_completions'), name),
  };
}

function readAzure(given: Given, name: string) {
  const { endpoint, api = 'chat_completions', api_version, deployments = {}, model_prefix } = given;
  if (api_version !== undefined && !isApiVersion(api_version))
    throw new Wrong(`${name}.api_version must be ${apiVersion.allowed}`);
  if (model_prefix !== undefined && !isModelName(model_prefix))
    throw new Wrong(`${name}.model_prefix must be the beginning of a name`);
  return {
    endpoint: urlOf(endpoint, `${name}.endpoint`),
    api: apiOf(api, name),
    deployments: textsOf(deployments, `${name}.deployments`, /^[\x21-\x7e]{1,200}$/),
    ...(api_version !== undefined && { api_version }),
    ...(model_prefix !== undefined && { model_prefix }),
  };
}

export const apiVersion = {
  allowed: 'v1, preview, latest, or a date such as 2024-10-21',
  pattern: /^(v1|preview|latest|\d{4}-\d\d-\d\d(-preview)?)$/,
};

const isApiVersion = (value: unknown): value is string =>
  typeof value === 'string' && apiVersion.pattern.test(value);

function apiOf(value: unknown, name: string): OpenAiApi {
  const api = openAiApis.find((one) => one === value);
  if (!api) throw new Wrong(`${name}.api must be ${openAiApis.join(' or ')}`);
  return api;
}

function urlOf(value: unknown, where: string): string {
  if (typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))
    return value;
  throw new Wrong(`${where} must be a URL that starts with http:// or https://`);
}

/** The table with the keys that it names variables for. Throws StartRefused when one is not set. */
export function withKeys(
  table: ProviderTable,
  env: Readonly<Record<string, string | undefined>>,
): ProviderTable {
  const keyed = Object.entries(table).map(([name, provider]) => {
    if (!('api_key_env' in provider) || provider.api_key_env === undefined) return [name, provider] as const;
    const api_key = key.read(env[provider.api_key_env]);
    if (api_key === undefined)
      throw new StartRefused(
        `${provider.api_key_env}, which is to have the key of the provider "${name}", must be ${key.allowed}.`,
      );
    return [name, { ...provider, api_key }] as const;
  });
  return Object.fromEntries(keyed);
}
