import {
  Choice,
  Component,
  Flag,
  Id,
  Int,
  NestedList,
  Num,
  QueryInt,
  samples,
  Text,
  Timestamp,
} from '../../http/fields.js';
import type { BranchId, ContextId, MessageId } from '../../kernel/ids.js';
import { encodeCursor } from '../../kernel/page-cursor.js';
import { messageRoles } from '../../messages/message-kinds.js';
import { maxHighlights, maxSnippets } from '../map-to-snippets.js';
import { firstNumber } from '../search-number-format.js';

const maxPage = 50;

export class SearchMessages {
  @Text({
    about: 'What to look for: words, `"phrases"`, `-without`, `begin*`.',
    max: 300,
    optional: true,
    example: '"lease runs out" -draft',
  })
  readonly q?: string;

  @Id({ about: 'Only messages of this context.', optional: true })
  readonly context_id?: ContextId;

  @Choice({ about: 'Only those of this role.', values: messageRoles, optional: true })
  readonly role?: string;

  @Text({ about: 'Only those of this kind.', min: 1, max: 64, optional: true, example: 'streaming_response' })
  readonly kind?: string;

  @Text({
    about: 'Only answers that this model gave.',
    min: 1,
    max: 200,
    optional: true,
    example: 'scripted/default',
  })
  readonly model?: string;

  @Timestamp({ about: 'Only messages of this time or later.', optional: true })
  readonly from?: string;

  @Timestamp({ about: 'Only messages of before this time.', optional: true })
  readonly to?: string;

  @Text({
    about: 'The `next_cursor` of the page before, with the same words and filters.',
    min: 1,
    max: 500,
    optional: true,
    example: encodeCursor([20, firstNumber(Date.parse(samples.time))]),
  })
  readonly cursor?: string;

  @QueryInt({ about: 'Messages per page.', min: 1, max: maxPage, default: 20 })
  readonly limit!: number;
}

@Component({ about: 'Where in a text something is, in UTF-16 units from 0.' })
export class SearchHighlight {
  @Int({ about: 'Its first unit.', min: 0, example: 8 }) readonly start!: number;
  @Int({ about: 'The first unit after it.', min: 0, example: 13 }) readonly end!: number;
}

@Component({
  about:
    'A piece of a message’s text, in one line. It is plain text: whoever puts it into a page escapes it.',
})
export class SearchSnippet {
  @Text({
    about: 'The text; `…` where more of it goes before or comes after.',
    max: 1000,
    example: '… when the lease runs out, another node takes the run …',
  })
  readonly text!: string;

  @NestedList(() => SearchHighlight, { about: 'What was looked for, in its order.', maxItems: maxHighlights })
  readonly highlights!: readonly SearchHighlight[];
}

@Component({ about: 'A message that was found.' })
export class SearchResult {
  @Id({ about: 'The context that it belongs to.' }) readonly context_id!: ContextId;
  @Text({ about: 'The title of that context.', max: 300, nullable: true, example: 'Leases explained' })
  readonly context_title!: string | null;
  @Id({ about: 'The message.' }) readonly message_id!: MessageId;
  @Text({ about: 'The branch that it was created on.', max: 36, example: 'main' })
  readonly branch!: BranchId;
  @Choice({ about: 'Who speaks.', values: messageRoles, example: 'assistant' }) readonly role!: string;
  @Text({ about: 'Its kind.', max: 64, example: 'streaming_response' }) readonly kind!: string;
  @Text({
    about:
      'The model whose answer it is; null where it is none’s, or its body is too large to be looked into.',
    max: 200,
    nullable: true,
    example: 'scripted/default',
  })
  readonly model!: string | null;
  @Timestamp({ about: 'When it was added.' }) readonly created_at!: string;
  @Num({
    about: 'How well it matches beside the best match, which has 1; 0 without words.',
    min: 0,
    max: 1,
    example: 1,
  })
  readonly score!: number;
  @NestedList(() => SearchSnippet, {
    about:
      'The pieces of its text with the most of what was looked for; its beginning where that is not known.',
    maxItems: maxSnippets,
  })
  readonly snippets!: readonly SearchSnippet[];
}

@Component({ about: 'A page of what was found.' })
export class SearchResults {
  @NestedList(() => SearchResult, { about: 'Messages, best first.', maxItems: maxPage })
  readonly results!: readonly SearchResult[];
  @Text({
    about: 'For the next page; null on the last one.',
    max: 500,
    nullable: true,
    example: encodeCursor([20, firstNumber(Date.parse(samples.time))]),
  })
  readonly next_cursor!: string | null;
  @Int({ about: 'Messages found, on all pages together.', min: 0, example: 1 }) readonly total!: number;
  @Flag({
    about: 'False when there are older matches beyond `PULLCORD_FULL_TEXT_MAX_RANKED`: `to` leads to them.',
    example: true,
  })
  readonly is_total_exact!: boolean;
  @Flag({
    about: 'False while messages of before an upgrade are still being indexed; then some are not found yet.',
    example: true,
  })
  readonly is_complete!: boolean;
}
