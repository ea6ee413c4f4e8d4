import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatParts } from '../dialects/chat-completions/chat-parts.js';
import type { LanguageModel } from '../language-model.js';
import { ModelError } from '../model-error.js';
import { factsOf } from '../model-facts.js';
import type { ListedModel, ModelProvider } from '../model-provider.js';
import { KeptModels } from '../upstream/kept-models.js';
import type { UpstreamConnection } from '../upstream/upstream-connection.js';
import { UpstreamModel } from '../upstream/upstream-model.js';
import { askJson } from './ask-json.js';
import { apiOf, copilotFetch, type CopilotPlace } from './copilot-fetch.js';
import { mapListed } from './map-listed.js';
import type { Sessions } from './sessions.js';

export interface CopilotOptions extends CopilotPlace {
  readonly name: string;
  readonly models: readonly string[];
  readonly takesAnyName: boolean;
  readonly maxAnswerBytes: number;
  /** For the list of models. */
  readonly timeoutMs: number;
}

/** GitHub Copilot, as the user who has logged in: chat completions, with a token that lives for minutes. */
export class CopilotProvider implements ModelProvider {
  readonly name: string;
  readonly models: readonly string[];
  readonly takesAnyName: boolean;
  readonly factsOf = factsOf;
  private readonly kept: KeptModels;

  constructor(
    private readonly options: CopilotOptions,
    private readonly connection: UpstreamConnection,
    private readonly sessions: Sessions,
  ) {
    this.name = options.name;
    this.models = options.models;
    this.takesAnyName = options.takesAnyName;
    const sdk = createOpenAICompatible({
      name: options.name,
      // Only the paths of its requests count.
      baseURL: 'http://copilot',
      fetch: copilotFetch(connection.fetch, sessions, options),
      includeUsage: true,
    });
    this.kept = new KeptModels((name) => sdk.chatModel(name));
  }

  model(name: string): LanguageModel {
    const { sessions } = this;
    return new UpstreamModel(`${this.name}/${name}`, {
      provider: this.name,
      sdkModel: () => this.kept.get(name),
      reader: (rules) => new ChatParts(rules),
      fetch: this.connection.fetch,
      maxAnswerBytes: this.options.maxAnswerBytes,
      // The one of the moment.
      get secrets() {
        return [sessions.secret];
      },
    });
  }

  /** Until its server is asked in its own words, everything is translated. */
  relay(): undefined {
    return undefined;
  }

  async list(abort: AbortSignal): Promise<readonly ListedModel[]> {
    const { baseUrl, headers, timeoutMs } = this.options;
    const session = await this.sessions.get(abort);
    const asked = {
      method: 'GET',
      headers: { ...headers, authorization: `Bearer ${session.token}` },
    } as const;
    const { status, body } = await askJson(`${apiOf(session, baseUrl)}/models`, asked, timeoutMs, abort);
    if (status === 200) return mapListed(body);
    if (status === 401) this.sessions.refuse(session.token);
    throw new ModelError(
      'upstream_error',
      `The provider "${this.name}" does not list its models (${status}).`,
      {
        retryable: true,
        status,
      },
    );
  }

  close(): Promise<void> {
    this.sessions.close();
    return this.connection.close();
  }
}
