import type { Batch, Changes, PageWithSiblings } from './messages.pull.js';
import type { MessageText } from './message-row.js';

/** The answers to pulls as JSON: messages are put into them as they are stored. Pure. */

/** A MessageBatch. */
export const batchText = ({ messages, requested_count, missing }: Batch): string =>
  around(
    '{"messages":[',
    messages,
    `],"requested_count":${requested_count},"found_count":${messages.length},"missing":${JSON.stringify(missing)}}`,
  );

/** A MessageChanges. */
export const changesText = ({ messages, deleted, revision, has_more }: Changes): string =>
  around(
    '{"messages":[',
    messages,
    `],"deleted":${JSON.stringify(deleted)},"revision":${revision},"has_more":${has_more}}`,
  );

/** A MessagePage. */
export const pageText = ({ branch, messages, siblings, has_more }: PageWithSiblings): string =>
  around(
    `{"branch":"${branch}","messages":[`,
    messages,
    `],"siblings":${JSON.stringify(siblings)},"has_more":${has_more}}`,
  );

/** In one join: a text that is put together in steps is copied once more before it is sent. */
function around(before: string, messages: readonly MessageText[], after: string): string {
  const texts = messages.map(({ text }) => text);
  const last = texts.length - 1;
  if (last < 0) return before + after;
  texts[0] = `${before}${texts[0]}`;
  texts[last] = `${texts[last]}${after}`;
  return texts.join();
}
