import {
  Choice,
  Component,
  Flag,
  FreeObject,
  Id,
  Int,
  Nested,
  NestedList,
  Num,
  Text,
  Timestamp,
} from '../../http/fields.js';
import type { MessageId } from '../../kernel/ids.js';
import type * as providers from '../../providers/language-model.js';
import * as kinds from '../message-kinds.js';
import { maxClientBytes, maxContent, maxErrorText, maxName, maxSkipped } from './limits.js';

@Component({ about: 'How to show a message without knowing its kind.' })
export class DisplayHint implements kinds.DisplayHint {
  @Text({ about: 'The message in one line.', max: 120, optional: true, example: 'What is a lease?' })
  readonly summary?: string;

  @Flag({ about: 'Show it folded at first.', example: false })
  readonly collapsed!: boolean;

  @Text({ about: 'Name of an icon.', max: maxName, optional: true, example: 'message' })
  readonly icon?: string;
}

@Component({ about: 'What an answer cost; zero where the provider said nothing.' })
export class TokenUsage implements providers.TokenUsage {
  @Int({ about: 'Tokens of the prompt.', min: 0, example: 210 })
  readonly prompt!: number;

  @Int({ about: 'Tokens of the answer.', min: 0, example: 64 })
  readonly completion!: number;

  @Int({ about: 'Those of the answer that were reasoning.', min: 0, optional: true, example: 16 })
  readonly reasoning?: number;

  @Int({ about: 'Those of the prompt that came from a cache.', min: 0, optional: true, example: 128 })
  readonly cached?: number;
}

@Component({ about: 'How an answer streamed.' })
export class StreamingFacts implements kinds.StreamingFacts {
  @Int({ about: 'Chunks of the stream.', min: 0, example: 42 })
  readonly chunks_count!: number;

  @Timestamp({ about: 'When the stream began.' })
  readonly started_at!: string;

  @Timestamp({ about: 'When it ended.', optional: true })
  readonly completed_at?: string;

  @Num({ about: 'How long it took.', min: 0, optional: true, example: 2400 })
  readonly total_duration_ms?: number;

  @Num({ about: 'Mean time from one chunk to the next.', min: 0, optional: true, example: 58.5 })
  readonly average_chunk_interval_ms?: number;
}

@Component({ about: 'A model that was asked and did not answer.' })
export class SkippedModel implements providers.SkippedModel {
  @Text({ about: 'Its id.', max: maxName, example: 'openai/gpt-4o' })
  readonly model!: string;

  @Text({ about: 'Why it did not, in a word.', max: maxName, example: 'upstream_error' })
  readonly code!: string;

  @Text({
    about: 'Why it did not, in a sentence.',
    max: maxErrorText,
    example: 'The provider "openai" failed (503).',
  })
  readonly message!: string;
}

@Component({ name: 'MessageMetadata', about: 'Facts about a message, whatever its kind.' })
export class MessageMetadataView implements kinds.MessageMetadata {
  @Choice({ about: 'Where the message comes from.', values: kinds.messageSources, example: 'user_input' })
  readonly source!: kinds.MessageSource;

  @Nested(() => DisplayHint, { about: 'How to show the message without knowing its kind.' })
  readonly display_hint!: DisplayHint;

  @Nested(() => StreamingFacts, { about: 'How the answer streamed.', optional: true })
  readonly streaming?: StreamingFacts;

  @Nested(() => TokenUsage, { about: 'What the answer cost.', optional: true })
  readonly tokens?: TokenUsage;

  @Text({
    about: 'What the user typed, where the message holds something made of it.',
    max: maxContent,
    optional: true,
  })
  readonly original_input?: string;

  @Text({ about: 'Trace that the message belongs to.', max: maxName, optional: true })
  readonly trace_id?: string;

  @Id({ about: 'The run that wrote the message.', optional: true })
  readonly run_id?: string;

  @NestedList(() => SkippedModel, {
    about:
      'The models that were asked before the one that answered, in their order: each failed before its first chunk.',
    maxItems: maxSkipped,
    optional: true,
  })
  readonly skipped?: readonly SkippedModel[];

  @Id({
    about: 'The message that refers to what this one holds; the server put it behind that one.',
    optional: true,
  })
  readonly companion_of?: MessageId;

  @FreeObject({ about: 'What the client sent along, as it came.', maxBytes: maxClientBytes, optional: true })
  readonly client?: Readonly<Record<string, unknown>>;
}
