import {
  Choice,
  Component,
  Flag,
  Int,
  Nested,
  NestedList,
  QueryInt,
  Text,
  Timestamp,
} from '../../http/fields.js';
import { tokenizers, type Tokenizer } from '../../config/model-table.js';
import type { ModelCard } from '../../providers/model-catalog.js';

const maxId = 300;
const maxListed = 1_000_000;

/** Without these, all models: what OpenAI's programs expect. Anthropic's turn pages with them. */
export class ListModels {
  @QueryInt({ about: 'The most models of a page.', min: 1, max: 1000, optional: true, example: 100 })
  readonly limit?: number;

  @Text({
    about: 'Only what comes after this model.',
    min: 1,
    max: maxId,
    optional: true,
    example: 'scripted/default',
  })
  readonly after_id?: string;

  @Text({
    about: 'Only what comes before this model.',
    min: 1,
    max: maxId,
    optional: true,
    example: 'scripted/plain',
  })
  readonly before_id?: string;
}

@Component({ about: 'What a model can do.' })
export class ModelCapabilities {
  @Flag({ about: 'Takes images.', example: true }) readonly vision!: boolean;
  @Flag({ about: 'Calls tools.', example: true }) readonly tools!: boolean;
  @Flag({ about: 'Can be told how hard to think.', example: false }) readonly reasoning!: boolean;
}

@Component({ about: 'A model, as the clients of OpenAI and of Anthropic both read it.' })
export class Model {
  @Text({ about: 'With its provider, or an alias.', max: maxId, example: 'openai/gpt-4o' })
  readonly id!: string;

  @Choice({ about: 'What it is, in OpenAI’s words.', values: ['model'], example: 'model' })
  readonly object!: 'model';

  @Choice({ about: 'What it is, in Anthropic’s words.', values: ['model'], example: 'model' })
  readonly type!: 'model';

  @Int({
    about: 'When it was made, in seconds since 1970; zero where nobody says.',
    min: 0,
    example: 1_715_367_049,
  })
  readonly created!: number;

  @Timestamp({ about: 'The same as a time.', example: '2024-05-10T18:50:49.000Z' })
  readonly created_at!: string;

  @Text({ about: 'Whose it is.', max: maxId, example: 'system' })
  readonly owned_by!: string;

  @Text({ about: 'Its name for people.', max: maxId, example: 'gpt-4o' })
  readonly display_name!: string;

  @Text({ about: 'The provider that serves it.', max: 64, example: 'openai' })
  readonly provider!: string;

  @Text({
    about: 'The model that an alias stands for.',
    max: maxId,
    optional: true,
    example: 'openai/gpt-4o',
  })
  readonly alias_of?: string;

  @Int({ about: 'Tokens of a request and its answer together.', min: 1, example: 128_000 })
  readonly context_window!: number;

  @Int({ about: 'Tokens of one answer.', min: 1, example: 16_384 })
  readonly max_output_tokens!: number;

  @Nested(() => ModelCapabilities, { about: 'What it can do.' })
  readonly capabilities!: ModelCapabilities;

  @Choice({ about: 'How its tokens are counted.', values: tokenizers, example: 'o200k_base' })
  readonly tokenizer!: Tokenizer;

  static of({ id, alias_of, created, owned_by, display_name, provider, facts }: ModelCard): Model {
    const { context_window, max_output_tokens, vision, tools, reasoning, tokenizer } = facts;
    return {
      id,
      object: 'model',
      type: 'model',
      created,
      created_at: new Date(created * 1000).toISOString(),
      owned_by,
      display_name,
      provider,
      ...(alias_of !== undefined && { alias_of }),
      context_window,
      max_output_tokens,
      capabilities: { vision, tools, reasoning },
      tokenizer,
    };
  }
}

@Component({ about: 'Models, as the clients of OpenAI and of Anthropic both read them.' })
export class ModelList {
  @Choice({ about: 'What it is, in OpenAI’s words.', values: ['list'], example: 'list' })
  readonly object!: 'list';

  @NestedList(() => Model, { about: 'The models, in the order of their providers.', maxItems: maxListed })
  readonly data!: readonly Model[];

  @Flag({ about: 'Whether there are more the same way.', example: false })
  readonly has_more!: boolean;

  @Text({
    about: 'The first of them; null where there is none.',
    max: maxId,
    nullable: true,
    example: 'openai/gpt-4o',
  })
  readonly first_id!: string | null;

  @Text({
    about: 'The last of them; null where there is none.',
    max: maxId,
    nullable: true,
    example: 'openai/gpt-4o',
  })
  readonly last_id!: string | null;
}
