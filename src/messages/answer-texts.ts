import type { Batch, Changes, MessagePage } from './messages.pull.js';
import type { MessageText } from './message-row.js';

/** The answers to pulls as JSON: messages are put into them as they are stored. Pure. */

/** A MessageBatch. */
export const batchText = ({ messages, requested_count, missing }: Batch): string =>
  `{"messages":${listText(messages)},"requested_count":${requested_count}` +
  `,"found_count":${messages.length},"missing":${JSON.stringify(missing)}}`;

/** A MessageChanges. */
export const changesText = ({ messages, deleted, revision, has_more }: Changes): string =>
  `{"messages":${listText(messages)},"deleted":${JSON.stringify(deleted)}` +
  `,"revision":${revision},"has_more":${has_more}}`;

/** A MessagePage. */
export const pageText = ({ branch, messages, has_more }: MessagePage): string =>
  `{"branch":"${branch}","messages":${listText(messages)},"has_more":${has_more}}`;

const listText = (messages: readonly MessageText[]): string => `[${messages.map(({ text }) => text).join()}]`;
