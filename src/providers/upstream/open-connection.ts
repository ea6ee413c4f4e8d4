import type {
  AnthropicSettings,
  AzureSettings,
  OpenAiCompatibleSettings,
  OpenAiSettings,
} from '../../config/provider-table.js';
import { callLimitsOf } from '../call-limits.js';
import type { Opening } from '../opening.js';
import { UpstreamConnection, type Access } from './upstream-connection.js';

type Server = OpenAiSettings | OpenAiCompatibleSettings | AnthropicSettings | AzureSettings;

export interface Place {
  readonly baseUrl: string;
  readonly query?: string;
  /** The header that the key goes in, by its name in small letters. */
  readonly keyHeader: 'authorization' | 'x-api-key' | 'api-key';
}

/** The connection to the server of a provider whose key is set, without opening it yet. */
export function openConnection(
  { provider, settings }: Opening<Server>,
  { baseUrl, query, keyHeader }: Place,
): UpstreamConnection {
  const { connectTimeoutMs, maxConcurrent: maxConnections } = callLimitsOf(provider, settings);
  const access = accessOf(provider, keyHeader);
  return new UpstreamConnection({ baseUrl, query, connectTimeoutMs, maxConnections, access });
}

function accessOf({ api_key, headers }: Server, keyHeader: Place['keyHeader']): Access {
  const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const key = api_key === undefined ? {} : { [keyHeader]: keyIn(api_key, keyHeader) };
  return {
    headers: { ...key, ...Object.fromEntries(own) },
    secrets: [api_key ?? '', ...own.map(([, value]) => value).filter(isLong)],
  };
}

/** Local servers want no key, and then there is no such header. */
const keyIn = (key: string, header: Place['keyHeader']): string =>
  header === 'authorization' ? `Bearer ${key}` : key;

/** A header may be a key. One that is short says something else, and its word may well be in an error's text. */
const isLong = (value: string): boolean => value.length >= 8;
