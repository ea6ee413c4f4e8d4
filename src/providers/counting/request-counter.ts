import { Injectable } from '@nestjs/common';
import type { ModelFacts } from '../../config/model-table.js';
import { Settings } from '../../config/settings.js';
import type { ModelRequest, PromptMessage, ToolSchema } from '../language-model.js';
import {
  mapRestToCountable,
  mapToCountable,
  mapToolToCountable,
  toolsFrame,
  type Countable,
} from './map-to-countable.js';
import { TokenCounter } from './token-counter.js';

export interface RequestCount {
  /** Of the request alone, without the answer. */
  readonly tokens: number;
  /**
   * True where the model's family publishes no tokenizer, or something in the request, such as a linked image, cannot be
   * measured: rather too many then than too few.
   */
  readonly is_estimated: boolean;
}

export type CountedRequest = Pick<ModelRequest, 'messages' | 'tools' | 'response_format'>;

/** Counts what models are sent, and a text that was counted before once only. */
@Injectable()
export class RequestCounter {
  private readonly texts: TokenCounter;

  constructor(settings: Settings) {
    this.texts = new TokenCounter(settings.tokenCounts);
  }

  /** All that a model of these facts takes this request for. */
  async countRequest(request: CountedRequest, facts: ModelFacts): Promise<RequestCount> {
    const messages = request.messages.map((message) => mapToCountable(message, facts));
    let tokens = await this.ofTools(request.tools, facts);
    for (const one of [...messages, mapRestToCountable(request, facts)]) tokens += await this.one(one, facts);
    const is_estimated = facts.tokenizer === 'estimate' || messages.some(({ isGuessed }) => isGuessed);
    return { tokens, is_estimated };
  }

  ofMessage(message: PromptMessage, facts: ModelFacts): Promise<number> {
    return this.one(mapToCountable(message, facts), facts);
  }

  /** All tools together, and what comes with them. */
  async ofTools(tools: readonly ToolSchema[], facts: ModelFacts): Promise<number> {
    let tokens = toolsFrame(tools, facts);
    for (const tool of tools) tokens += await this.one(mapToolToCountable(tool, facts), facts);
    return tokens;
  }

  ofText(text: string, { tokenizer }: ModelFacts): Promise<number> {
    return this.texts.count(text, tokenizer);
  }

  private async one({ text, more }: Countable, facts: ModelFacts): Promise<number> {
    return more + (await this.ofText(text, facts));
  }
}
