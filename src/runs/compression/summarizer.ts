import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import type { MessageId } from '../../kernel/ids.js';
import { ModelCalls, type CallScope } from '../../metering/model-calls.js';
import { ModelError } from '../../providers/model-error.js';
import type { ResolvedModel } from '../../providers/model-registry.js';
import { delayAfter } from '../../providers/delay-after.js';
import { TokenCounts } from '../pipeline/token-counts.js';
import { mapToSummaryRequest, readingRoom } from './map-to-summary-request.js';
import type { FoldPlan } from './plan-fold-policy.js';

export interface Summarized {
  readonly content: string;
  /** Fewer than were planned where the model would have had to be called too often. */
  readonly covers: readonly MessageId[];
  readonly tokens_before: number;
}

/** No summary came of it. Fit for the user. */
export class SummaryFailed extends Error {
  override readonly name = 'SummaryFailed';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** So many UTF-16 units may a token have before a model that goes on and on is not listened to. */
const unitsPerToken = 16;

/**
 * Has a model sum up what was said, in as many calls as its window needs: each is given the summary so far and the next
 * part. Bounded in calls and, as a whole, in time.
 */
@Injectable()
export class Summarizer {
  constructor(
    private readonly tokens: TokenCounts,
    private readonly calls: ModelCalls,
    private readonly settings: Settings,
  ) {}

  /** Throws SummaryFailed, or what `stop` was aborted with. */
  async summarize(
    scope: CallScope,
    model: ResolvedModel,
    plan: FoldPlan,
    stop: AbortSignal,
  ): Promise<Summarized> {
    const timeout = AbortSignal.timeout(this.settings.compressionTimeoutMs);
    try {
      return await this.roll(scope, model, plan, AbortSignal.any([stop, timeout]));
    } catch (error) {
      if (stop.aborted) throw stop.reason;
      if (timeout.aborted) throw new SummaryFailed('compression_timeout', 'The summary took too long.');
      if (error instanceof ModelError) throw new SummaryFailed(error.code, error.message);
      throw error;
    }
  }

  private async roll(
    scope: CallScope,
    model: ResolvedModel,
    plan: FoldPlan,
    abort: AbortSignal,
  ): Promise<Summarized> {
    const room = readingRoom(model.facts, plan.summaryTokens);
    if (room === undefined)
      throw new SummaryFailed(
        'window_too_small',
        'The model that is to write the summary can read too little.',
      );
    const roll = new Roll((told) => this.write(scope, model, plan.summaryTokens, told, abort), room);
    const most = this.settings.compressionMaxCalls;
    const covers: MessageId[] = [];
    let tokens_before = 0;
    let hasTurn = false;
    for (const part of plan.parts) {
      const isRead = await this.read(roll, part.texts, most, model);
      // What does not fit into all the calls waits for the next summary. A turn that is too long for all of them would wait
      // for ever: of the first one the rest is left unread.
      if (!isRead && hasTurn) break;
      hasTurn = part.isTurn;
      covers.push(...part.covers);
      tokens_before += part.tokens;
      if (!isRead) break;
    }
    return { content: await roll.end(), covers, tokens_before };
  }

  /** False when the last call has no more room. */
  private async read(
    roll: Roll,
    texts: readonly string[],
    most: number,
    { facts }: ResolvedModel,
  ): Promise<boolean> {
    for (const text of texts) {
      const said = await this.tokens.within(text, roll.room, facts);
      const size = await this.tokens.ofText(said, facts);
      if (!roll.hasRoom(size)) {
        if (roll.calls + 2 > most) return false;
        await roll.write();
      }
      roll.add(said, size);
    }
    return true;
  }

  /** One call, once more after a failure that may pass. */
  private async write(
    scope: CallScope,
    model: ResolvedModel,
    summaryTokens: number,
    told: Told,
    abort: AbortSignal,
  ): Promise<string> {
    const request = mapToSummaryRequest(told, summaryTokens, model.facts);
    for (let attempt = 1; ; attempt++) {
      try {
        const longEnough = summaryTokens * unitsPerToken;
        const text = await this.calls.text(scope, model, request, { abort, longEnough });
        if (text.trim() === '') throw new SummaryFailed('empty_summary', 'The model wrote nothing.');
        return await this.tokens.within(text.trim(), summaryTokens, model.facts);
      } catch (error) {
        const delay = abort.aborted ? undefined : delayAfter(error, attempt, this.settings);
        if (delay === undefined) throw error;
        await sleep(delay, undefined, { signal: abort });
      }
    }
  }
}

/** What is to be read in the next call, and the summary so far. */
class Roll {
  calls = 0;
  private content = '';
  private reading: string[] = [];
  private taken = 0;

  constructor(
    private readonly ask: (told: Told) => Promise<string>,
    /** Tokens that a call has room for. */
    readonly room: number,
  ) {}

  hasRoom(tokens: number): boolean {
    return this.taken === 0 || this.taken + tokens <= this.room;
  }

  add(text: string, tokens: number): void {
    this.reading.push(text);
    this.taken += tokens;
  }

  async write(): Promise<void> {
    const { content: before, reading } = this;
    this.content = await this.ask({ before, reading });
    this.calls++;
    this.reading = [];
    this.taken = 0;
  }

  async end(): Promise<string> {
    if (this.reading.length > 0) await this.write();
    return this.content;
  }
}

interface Told {
  readonly before: string;
  readonly reading: readonly string[];
}
