import { Injectable } from '@nestjs/common';
import type { Draft, Need } from './draft.js';
import { SurroundingsReader } from './surroundings-reader.js';
import { TokenCounts } from './token-counts.js';

/** What steps wait for that belongs to no run: it may be fetched for anybody who wants to know what would be sent. */
export type PlainNeed = Extract<Need, { type: 'surroundings' | 'tokens' | 'shorter' }>;

@Injectable()
export class PlainNeeds {
  constructor(
    private readonly surroundings: SurroundingsReader,
    private readonly tokens: TokenCounts,
  ) {}

  async fetch(need: PlainNeed, draft: Draft): Promise<Draft> {
    switch (need.type) {
      case 'surroundings':
        return { ...draft, surroundings: await this.surroundings.read(draft.context, draft.facts) };
      case 'tokens': {
        const tools = draft.surroundings?.tools ?? [];
        return { ...draft, counts: await this.tokens.ofPrompt(draft.sent, tools, draft.facts) };
      }
      case 'shorter':
        return this.tokens.shorten(draft, need.results, need.excess);
      default:
        return need satisfies never;
    }
  }
}
