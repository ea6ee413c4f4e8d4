import {
  Choice,
  Component,
  Id,
  Int,
  Nested,
  NestedList,
  QueryChoices,
  QueryInt,
  Text,
} from '../../../http/fields.js';
import type { ContextId } from '../../../kernel/ids.js';
import { encodeCursor } from '../../../kernel/page-cursor.js';
import { callPurposes, type CallPurpose } from '../../call-scope.js';
import { dimensions, type Counts, type Dimension } from '../usage-kinds.js';
import type { UsageGroup, UsagePage } from '../usage.pull.js';

export const maxGroups = 1000;
const day = '2026-11-22';

/** Date takes the 30th of February for the 2nd of March; a calendar does not. */
const dayProblem = (text: string): string | undefined => {
  const midnight = new Date(`${text}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
  return isDay ? undefined : `must be a day such as ${day}`;
};

const Day = (about: string): PropertyDecorator =>
  Text({
    ...{ about, max: 10, optional: true, example: day },
    ...{ pattern: /^\d{4}-\d\d-\d\d$/, says: `must be a day such as ${day}`, check: dayProblem },
  });

export class GetUsage {
  @QueryChoices({
    about: 'What to tell it apart by, in this order; without it, all is one group.',
    values: dimensions,
    optional: true,
    example: 'day,model',
  })
  readonly group_by?: readonly Dimension[];

  @Day('Only of this day (UTC) or later.') readonly from?: string;
  @Day('Only of this day (UTC) or earlier.') readonly to?: string;

  @Id({ about: 'Only of this context.', optional: true }) readonly context_id?: ContextId;

  @Text({ about: 'Only of this model.', min: 1, max: 300, optional: true, example: 'scripted/default' })
  readonly model?: string;

  @Choice({
    about: 'How it is written; without it, as `Accept` says.',
    values: ['json', 'csv'],
    optional: true,
    example: 'json',
  })
  readonly format?: 'json' | 'csv';

  @Text({
    about: 'The `next_cursor` of the page before, with the same `group_by` and filters.',
    ...{ min: 1, max: 2000, optional: true, example: encodeCursor([day, 'scripted/default']) },
  })
  readonly cursor?: string;

  @QueryInt({ about: 'Groups per page.', min: 1, max: maxGroups, default: 100 }) readonly limit!: number;
}

@Component({ about: 'What calls to models have used.' })
export class UsageCounts {
  @Int({ about: 'Calls, those that failed among them.', min: 0, example: 3 }) readonly requests!: number;
  @Int({
    about: 'Of them: those whose tokens are estimated, as their provider did not say.',
    ...{ min: 0, example: 0 },
  })
  readonly estimated_requests!: number;
  @Int({ about: 'Of them: those that cost something unknown, as no price is set.', min: 0, example: 0 })
  readonly unpriced_requests!: number;
  @Int({ about: 'Tokens that were sent.', min: 0, example: 1200 }) readonly prompt_tokens!: number;
  @Int({ about: 'Of them: read from the provider’s cache.', min: 0, example: 400 })
  readonly cached_tokens!: number;
  @Int({ about: 'Of them: written into the provider’s cache.', min: 0, example: 0 })
  readonly cache_write_tokens!: number;
  @Int({ about: 'Tokens that came back.', min: 0, example: 350 }) readonly completion_tokens!: number;
  @Int({ about: 'Of them: reasoning.', min: 0, example: 100 }) readonly reasoning_tokens!: number;
  @Int({ about: 'What that cost, in millionths of the currency.', min: 0, example: 6000 })
  readonly cost_micros!: number;
}

@Component({
  name: 'UsageGroup',
  about: 'What was used of one sort. It has those of the first five fields that were asked for.',
})
export class UsageGroupView extends UsageCounts {
  @Text({ about: 'The day, UTC.', max: 10, optional: true, example: day })
  readonly day?: string;
  @Text({ about: 'The provider.', max: 200, optional: true, example: 'scripted' }) readonly provider?: string;
  @Text({ about: 'The model that answered.', max: 300, optional: true, example: 'scripted/default' })
  readonly model?: string;
  @Choice({ about: 'What it was for.', values: callPurposes, optional: true, example: 'answer' })
  readonly purpose?: CallPurpose;
  @Id({ about: 'The context; null for calls of none.', optional: true, nullable: true })
  readonly context_id?: string | null;

  static of({ keys, counts }: UsageGroup): UsageGroupView {
    const { day: on, provider, model, purpose, context } = keys;
    return {
      ...(on !== undefined && { day: on }),
      ...(provider !== undefined && { provider }),
      ...(model !== undefined && { model }),
      ...(purpose !== undefined && { purpose: purpose as CallPurpose }),
      ...(context !== undefined && { context_id: context === '' ? null : context }),
      ...counts,
    };
  }
}

@Component({ about: 'A page of what was used.' })
export class Usage {
  @Text({ about: 'The currency of the costs.', min: 3, max: 3, example: 'USD' }) readonly currency!: string;
  @NestedList(() => UsageGroupView, { about: 'By what was asked for, in that order.', maxItems: maxGroups })
  readonly groups!: readonly UsageGroupView[];
  @Nested(() => UsageCounts, { about: 'Of all groups, also those on other pages.' }) readonly total!: Counts;
  @Text({
    about: 'For the next page; null on the last one.',
    ...{ max: 2000, nullable: true, example: encodeCursor([day, 'scripted/default']) },
  })
  readonly next_cursor!: string | null;

  static of({ groups, total, next_cursor }: UsagePage, currency: string): Usage {
    return { currency, groups: groups.map((group) => UsageGroupView.of(group)), total, next_cursor };
  }
}
