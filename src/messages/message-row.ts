import { toTimestamp } from '../kernel/clock.js';
import type { MessageId } from '../kernel/ids.js';
import type { Message, MessageStatus } from './message-kinds.js';

export const messageColumns =
  'context_id, id, branch, depth, parent_id, role, kind, status, revision, created_at, final_sequence, finish_reason, metadata, data';

/**
 * A message as it goes over the wire, but for the time at its end, which only JavaScript writes alike on both dialects.
 * This is the one place that knows the form. Written by the database, because a row of many columns that crosses into
 * JavaScript, is read and written anew costs five times as much. What stands between quotes here is an id or a word and
 * has nothing to escape; what is stored as JSON was written by `JSON.stringify`.
 */
const opening = `concat('{"id":"', id, '","context_id":"', context_id, '","branch":"', branch,
  '","parent_id":', coalesce('"' || parent_id || '"', 'null'), ',"depth":', depth, ',"role":"', role,
  '","kind":"', kind, '","data":', data, ',"status":"', status, '","metadata":', metadata,
  ',"revision":', revision, ',"created_at":"')`;
const facts = `concat_ws(' ', id, status, revision, octet_length(data), created_at) AS facts`;

/** A body up to this size, in bytes, comes with its row; a larger one is left out until it is known to fit. */
const inlineBytes = 65_536;

/** A message as text, out of `messages`. */
export const textColumns = `${facts}, ${opening} AS opening`;
/** The same, without the text when its body is large: that size is known without reading it, on either dialect. */
export const smallTextColumns = `${facts}, CASE WHEN octet_length(data) <= ${inlineBytes} THEN ${opening} END AS opening`;

/** What these columns give. */
export interface TextRow {
  readonly facts: string;
  readonly opening: string | null;
}

export interface WholeTextRow extends TextRow {
  readonly opening: string;
}

export interface MessageText {
  readonly id: MessageId;
  readonly status: MessageStatus;
  readonly revision: number;
  /** Of its body. */
  readonly bytes: number;
  /** The whole message (MessageView) as JSON. */
  readonly text: string;
}

/** A message whose text, when it is large, is still to be read. */
export type FoundMessage = Omit<MessageText, 'text'> & { readonly text: string | null };

/** Pure. */
export function readText(row: WholeTextRow): MessageText;
export function readText(row: TextRow): FoundMessage;
export function readText({ facts, opening }: TextRow): FoundMessage {
  const [id = '', status = '', revision, bytes, createdAt] = facts.split(' ');
  return {
    id: id as MessageId,
    status: status as MessageStatus,
    revision: Number(revision),
    bytes: Number(bytes),
    text: opening === null ? null : `${opening}${toTimestamp(Number(createdAt))}"}`,
  };
}

/** The message that a text says. */
export const readMessage = ({ text }: Pick<MessageText, 'text'>): Message => JSON.parse(text) as Message;
