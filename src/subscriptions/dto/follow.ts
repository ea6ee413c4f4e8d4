import { QueryIds, Text } from '../../http/fields.js';
import type { ContextId } from '../../kernel/ids.js';

export class FollowContext {
  @Text({
    about: 'The same as `Last-Event-ID`, for clients that cannot set a header.',
    max: 200,
    optional: true,
    example: '57',
  })
  readonly last_event_id?: string;
}

export class FollowContexts extends FollowContext {
  @QueryIds({
    about: 'The contexts to follow, with commas between the ids; without it, all of the caller’s.',
    maxItems: 100,
    optional: true,
  })
  readonly contexts?: readonly ContextId[];
}
