import { Component, Flag, IdList, Int, isLess, Nested, NestedList, Rule, Text } from '../../http/fields.js';
import type * as kinds from '../payload-kinds.js';
import { maxContent, maxName } from './limits.js';

@Component({ about: 'A part of a text to point out.' })
export class HighlightedRange implements kinds.HighlightedRange {
  @Int({ about: 'First highlighted character of the content, in UTF-16 units from 0.', min: 0, example: 0 })
  readonly start!: number;

  @Rule<HighlightedRange>(({ start, end }) => (isLess(end, start) ? 'must not be before start' : undefined))
  @Int({ about: 'First character after the range.', min: 0, example: 12 })
  readonly end!: number;
}

@Component({ about: 'A text that is one block of code.' })
export class CodeBlock {
  @Text({ about: 'Language of the code.', max: 64, optional: true, example: 'typescript' })
  readonly language?: string;
}

@Component({ about: 'How a text is to be shown.' })
export class TextFormatting implements kinds.TextFormatting {
  @Flag({ about: 'Whether the content is Markdown.', example: true })
  readonly markdown!: boolean;

  @Nested(() => CodeBlock, { about: 'Present when the whole content is one block of code.', optional: true })
  readonly code_block?: CodeBlock;

  @NestedList(() => HighlightedRange, { about: 'Parts of the content to point out.', maxItems: 1_000 })
  readonly highlighted_ranges!: readonly HighlightedRange[];
}

@Component({ about: 'Text.' })
export class TextData implements kinds.TextData {
  @Text({ about: 'The text.', max: maxContent, example: 'What is a lease?' })
  readonly content!: string;

  @Text({ about: 'What to show instead of the content.', max: maxContent, optional: true })
  readonly display_text?: string;

  @Nested(() => TextFormatting, { about: 'How the content is to be shown.', optional: true })
  readonly formatting?: TextFormatting;
}

@Component({ about: 'What stands for earlier messages in prompts. They stay in the pool.' })
export class SummaryData implements kinds.SummaryData {
  @Text({
    about: 'The summary.',
    max: maxContent,
    example: 'They spoke about leases and how each of them ends.',
  })
  readonly content!: string;

  @IdList({ about: 'The messages that it stands for; they stay in the pool.', maxItems: 10_000 })
  readonly covers!: readonly string[];

  @Text({ about: 'How the summary was made.', min: 1, max: maxName, example: 'oldest_half' })
  readonly strategy!: string;

  @Int({ about: 'Tokens of the messages that it stands for.', min: 0, example: 12000 })
  readonly tokens_before!: number;

  @Int({ about: 'Tokens of the summary.', min: 0, example: 800 })
  readonly tokens_after!: number;
}
