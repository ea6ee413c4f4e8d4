import { Injectable } from '@nestjs/common';
import type { ModelFacts } from '../../config/model-table.js';
import type { Sent } from '../../messages/map-to-prompt.js';
import { RequestCounter } from '../../providers/counting/request-counter.js';
import type { PromptMessage, ToolSchema } from '../../providers/language-model.js';
import { middleCut } from '../compression/map-to-transcript.js';
import type { Counts, Draft } from './draft.js';

/** A text is cut by its length; where that was too little, once more. */
const tries = 4;

/** Counts what turns send, and makes it fit. */
@Injectable()
export class TokenCounts {
  constructor(private readonly counter: RequestCounter) {}

  /** Every message of a prompt, and its tools together. */
  async ofPrompt(sent: readonly Sent[], tools: readonly ToolSchema[], facts: ModelFacts): Promise<Counts> {
    const counts: number[] = [];
    for (const { message } of sent) counts.push(await this.ofMessage(message, facts));
    return { sent: counts, tools: await this.counter.ofTools(tools, facts) };
  }

  ofMessage(message: PromptMessage, facts: ModelFacts): Promise<number> {
    return this.counter.ofMessage(message, facts);
  }

  ofText(text: string, facts: ModelFacts): Promise<number> {
    return this.counter.ofText(text, facts);
  }

  /** A text of at most so many tokens: its beginning and its end. */
  async within(text: string, most: number, facts: ModelFacts): Promise<string> {
    let cut = text;
    for (let left = tries; left > 0; left--) {
      const tokens = await this.ofText(cut, facts);
      if (tokens <= most) return cut;
      // The note takes some too, and not every part of a text has as many tokens for its length.
      const length = Math.floor(((cut.length * most) / tokens) * 0.9) - 60;
      cut = middleCut(text, Math.max(0, length));
    }
    return cut;
  }

  /** The draft with the longest of these results cut, so that all of it has so many tokens less, if that can be. */
  async shorten(draft: Draft, results: readonly Sent[], excess: number): Promise<Draft> {
    const { facts, sent, counts } = draft;
    const tokens = new Map(sent.map((one, at) => [one, counts?.sent[at] ?? 0]));
    const each = results.map((one) => tokens.get(one) ?? 0);
    const most = levelOf(each, each.reduce((sum, one) => sum + one, 0) - excess);
    const shortened: Sent[] = [];
    for (const one of sent) {
      const isLong = results.includes(one) && (tokens.get(one) ?? 0) > most;
      const { message } = one;
      const cut =
        isLong && message.role === 'tool' ? await this.within(message.content, most - 40, facts) : '';
      shortened.push(
        isLong && message.role === 'tool' ? { ...one, message: { ...message, content: cut } } : one,
      );
    }
    const recounted = await this.ofPrompt(shortened, draft.surroundings?.tools ?? [], facts);
    return { ...draft, sent: shortened, counts: recounted, isShortened: true };
  }
}

/** The most that each may have so that all together have no more than `room`, the longest giving first. Pure. */
function levelOf(sizes: readonly number[], room: number): number {
  const ascending = [...sizes].sort((a, b) => a - b);
  let left = Math.max(0, room);
  for (const [at, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - at));
    if (size > share) return share;
    left -= size;
  }
  return ascending.at(-1) ?? 0;
}
