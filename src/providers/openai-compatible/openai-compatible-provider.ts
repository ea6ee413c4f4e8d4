import { createOpenAICompatible, type OpenAICompatibleProvider as Sdk } from '@ai-sdk/openai-compatible';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import { Agent, interceptors } from 'undici';
import type { LanguageModel } from '../language-model.js';
import { factsOf } from '../model-facts.js';
import type { ModelProvider } from '../model-provider.js';
import { OpenAICompatibleModel } from './openai-compatible-model.js';
import { adaptBody } from './adapt-body.js';
import { UpstreamFetch } from './upstream-fetch.js';

export interface OpenAICompatibleOptions {
  readonly name: string;
  /** With the version, such as `https://api.openai.com/v1`; may carry a user and a password. */
  readonly baseUrl: string;
  /** Without one, no Authorization header is sent: local servers want none. */
  readonly apiKey?: string;
  readonly models: readonly string[];
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
  readonly maxAnswerBytes: number;
}

/** Making an SDK model takes half a millisecond (it builds its schemas), so the last ones used are kept. */
const maxKeptModels = 64;

const maxRedirections = 5;

/** Any server that speaks OpenAI's chat completions: OpenAI, OpenRouter, Ollama, vLLM, llama.cpp, … */
export class OpenAICompatibleProvider implements ModelProvider {
  readonly name: string;
  readonly models: readonly string[];
  readonly takesAnyName = true;
  readonly factsOf = factsOf;
  private readonly agent: Agent;
  private readonly fetch: UpstreamFetch;
  private readonly sdk: Sdk;
  private readonly kept = new Map<string, LanguageModelV3>();
  private readonly secrets: readonly string[];

  constructor(private readonly options: OpenAICompatibleOptions) {
    this.name = options.name;
    this.models = options.models;
    this.agent = new Agent({
      connect: { timeout: options.connectTimeoutMs },
      connections: options.maxConnections,
      // withTimeLimits decides how long a model may be silent.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const { bareUrl, user, password } = splitUrl(options.baseUrl);
    this.secrets = [options.apiKey ?? '', password];
    this.fetch = new UpstreamFetch(this.agent.compose(interceptors.redirect({ maxRedirections })));
    this.sdk = createOpenAICompatible({
      name: options.name,
      baseURL: bareUrl.toString(),
      headers: authorization(options.apiKey, user, password),
      fetch: this.fetch.fetch,
      includeUsage: true,
      transformRequestBody: (body) => adaptBody(body, bareUrl.hostname),
    });
  }

  model(name: string): LanguageModel {
    return new OpenAICompatibleModel(`${this.name}/${name}`, {
      provider: this.name,
      chatModel: () => this.chatModel(name),
      fetch: this.fetch,
      maxAnswerBytes: this.options.maxAnswerBytes,
      secrets: this.secrets,
    });
  }

  /** Until its server is asked in its own words, everything is translated. */
  relay(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private chatModel(name: string): LanguageModelV3 {
    const model = this.kept.get(name) ?? this.sdk.chatModel(name);
    // Set anew, so that the first key is always the one that was used longest ago.
    this.kept.delete(name);
    this.kept.set(name, model);
    const [oldest] = this.kept.keys();
    if (this.kept.size > maxKeptModels && oldest !== undefined) this.kept.delete(oldest);
    return model;
  }
}

function authorization(apiKey: string | undefined, user: string, password: string): Record<string, string> {
  if (apiKey) return { authorization: `Bearer ${apiKey}` };
  if (user === '' && password === '') return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** fetch refuses a URL that carries a user (WHATWG Fetch, Request constructor). */
function splitUrl(url: string): { bareUrl: URL; user: string; password: string } {
  const bareUrl = new URL(url);
  const [user, password] = [decode(bareUrl.username), decode(bareUrl.password)];
  bareUrl.username = '';
  bareUrl.password = '';
  return { bareUrl, user, password };
}

function decode(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    // A bare % in a password: it was not escaped, so there is nothing to undo.
    return escaped;
  }
}
