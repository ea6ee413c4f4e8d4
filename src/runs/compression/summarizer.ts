import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import type { MessageId } from '../../kernel/ids.js';
import type { ModelRequest } from '../../providers/language-model.js';
import { ModelError } from '../../providers/model-error.js';
import type { ResolvedModel } from '../../providers/model-registry.js';
import { nextDelay } from '../../providers/retry-policy.js';
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
    private readonly settings: Settings,
  ) {}

  /** Throws SummaryFailed, or what `stop` was aborted with. */
  async summarize(model: ResolvedModel, plan: FoldPlan, stop: AbortSignal): Promise<Summarized> {
    const timeout = AbortSignal.timeout(this.settings.compressionTimeoutMs);
    try {
      return await this.roll(model, plan, AbortSignal.any([stop, timeout]));
    } catch (error) {
      if (stop.aborted) throw stop.reason;
      if (timeout.aborted) throw new SummaryFailed('compression_timeout', 'The summary took too long.');
      if (error instanceof ModelError) throw new SummaryFailed(error.code, error.message);
      throw error;
    }
  }

  private async roll(model: ResolvedModel, plan: FoldPlan, abort: AbortSignal): Promise<Summarized> {
    const room = readingRoom(model.facts, plan.summaryTokens);
    if (room === undefined)
      throw new SummaryFailed(
        'window_too_small',
        'The model that is to write the summary can read too little.',
      );
    let content = '';
    let reading: string[] = [];
    let taken = 0;
    let calls = 0;
    const covers: MessageId[] = [];
    let tokens_before = 0;
    const write = async (): Promise<void> => {
      content = await this.write(model, plan.summaryTokens, { before: content, reading }, abort);
      calls++;
      [reading, taken] = [[], 0];
    };
    for (const part of plan.parts) {
      if (covers.length > 0 && calls >= this.settings.compressionMaxCalls) break;
      for (const text of part.texts) {
        // Past the last call nothing more is read of a part that is too long for all of them.
        if (calls >= this.settings.compressionMaxCalls) break;
        const said = await this.tokens.within(text, room, model.facts);
        const size = await this.tokens.ofText(said, model.facts);
        if (taken > 0 && taken + size > room) await write();
        reading.push(said);
        taken += size;
      }
      covers.push(...part.covers);
      tokens_before += part.tokens;
    }
    if (taken > 0) await write();
    return { content, covers, tokens_before };
  }

  /** One call, once more after a failure that may pass. */
  private async write(
    model: ResolvedModel,
    summaryTokens: number,
    told: { readonly before: string; readonly reading: readonly string[] },
    abort: AbortSignal,
  ): Promise<string> {
    const request = mapToSummaryRequest(told, summaryTokens, model.facts);
    for (let attempt = 1; ; attempt++) {
      try {
        const text = await this.ask(model, request, summaryTokens * unitsPerToken, abort);
        if (text.trim() === '') throw new SummaryFailed('empty_summary', 'The model wrote nothing.');
        return await this.tokens.within(text.trim(), summaryTokens, model.facts);
      } catch (error) {
        const delay = abort.aborted ? undefined : this.delayAfter(error, attempt);
        if (delay === undefined) throw error;
        await sleep(delay, undefined, { signal: abort });
      }
    }
  }

  private async ask(
    { model }: ResolvedModel,
    request: ModelRequest,
    longEnough: number,
    abort: AbortSignal,
  ): Promise<string> {
    let text = '';
    for await (const part of model.stream(request, abort)) {
      if (part.type === 'text') text += part.delta;
      if (text.length > longEnough) break;
    }
    return text;
  }

  private delayAfter(error: unknown, attempt: number): number | undefined {
    if (!(error instanceof ModelError)) return undefined;
    const { modelMaxAttempts: maxAttempts, modelRetryBaseMs: baseMs, modelRetryMaxMs: maxMs } = this.settings;
    return nextDelay({ attempt, error, random: Math.random(), policy: { maxAttempts, baseMs, maxMs } });
  }
}
