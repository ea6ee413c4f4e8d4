import { createOpenAI } from '@ai-sdk/openai';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import type { OpenAiApi } from '../../config/provider-table.js';
import type { UpstreamConnection } from '../upstream/upstream-connection.js';

/** The SDK does not go without one. The connection takes it off again, and puts what is true in its place. */
const noKey = 'none';

/** Models of a server that has OpenAI's APIs, at this URL. */
export function openAiModels(
  { fetch }: UpstreamConnection,
  url: URL,
  api: OpenAiApi,
): (serverName: string) => LanguageModelV3 {
  const sdk = createOpenAI({ baseURL: url.toString(), apiKey: noKey, fetch: fetch.fetch });
  return api === 'responses' ? (name) => sdk.responses(name) : (name) => sdk.chat(name);
}
