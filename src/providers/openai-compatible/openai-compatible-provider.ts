import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatParts } from '../dialects/chat-completions/chat-parts.js';
import type { LanguageModel } from '../language-model.js';
import { factsOf } from '../model-facts.js';
import type { ModelProvider } from '../model-provider.js';
import { KeptModels } from '../upstream/kept-models.js';
import { UpstreamConnection, type ConnectionOptions } from '../upstream/upstream-connection.js';
import { UpstreamModel } from '../upstream/upstream-model.js';
import { adaptBody } from './adapt-body.js';

export interface OpenAICompatibleOptions extends ConnectionOptions {
  readonly name: string;
  /** Without one, no Authorization header is sent: local servers want none. */
  readonly apiKey?: string;
  readonly models: readonly string[];
  readonly takesAnyName: boolean;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly maxAnswerBytes: number;
}

/** Any server that speaks OpenAI's chat completions: OpenAI, OpenRouter, Ollama, vLLM, llama.cpp, … */
export class OpenAICompatibleProvider implements ModelProvider {
  readonly name: string;
  readonly models: readonly string[];
  readonly takesAnyName: boolean;
  readonly factsOf = factsOf;
  private readonly connection: UpstreamConnection;
  private readonly kept: KeptModels;
  private readonly secrets: readonly string[];

  constructor(private readonly options: OpenAICompatibleOptions) {
    this.name = options.name;
    this.models = options.models;
    this.takesAnyName = options.takesAnyName;
    this.connection = new UpstreamConnection(options);
    const { fetch, url, password } = this.connection;
    this.secrets = [options.apiKey ?? '', password, ...keysAmong(options.headers)];
    const sdk = createOpenAICompatible({
      name: options.name,
      baseURL: url.toString(),
      headers: { ...this.connection.bearer(options.apiKey), ...options.headers },
      fetch: fetch.fetch,
      includeUsage: true,
      transformRequestBody: (body) => adaptBody(body, url.hostname),
    });
    this.kept = new KeptModels((name) => sdk.chatModel(name));
  }

  model(name: string): LanguageModel {
    return new UpstreamModel(`${this.name}/${name}`, {
      provider: this.name,
      sdkModel: () => this.kept.get(name),
      reader: (rules) => new ChatParts(rules),
      fetch: this.connection.fetch,
      maxAnswerBytes: this.options.maxAnswerBytes,
      secrets: this.secrets,
    });
  }

  /** Until its server is asked in its own words, everything is translated. */
  relay(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

/** A header may be a key. One that is short says something else, and its word may well be in an error's text. */
const keysAmong = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.values(headers).filter((value) => value.length >= 8);
