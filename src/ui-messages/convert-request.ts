import { DomainError } from '../kernel/domain-error.js';
import { isId, type MessageId } from '../kernel/ids.js';
import { maxClientBytes, maxContent } from '../messages/dto/limits.js';

/** A file of a message: at an address of the web, or in itself (a data URL). */
export interface UiFile {
  readonly url: string;
  readonly mediaType: string;
  readonly filename?: string;
}

/** What a user says of a call that waits. */
export interface UiDecision {
  readonly tool_call_id: string;
  readonly decision: 'approve' | 'deny';
  readonly reason?: string;
}

/** The message of a request that it is about. */
export interface AskedMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  /** Its text parts, joined by empty lines. */
  readonly content: string;
  readonly files: readonly UiFile[];
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly decisions: readonly UiDecision[];
}

export interface UiRequest {
  readonly chatId: string;
  readonly trigger: 'submit-message' | 'regenerate-message';
  /** The message to be edited, gone on with, or made anew. */
  readonly messageId: string | undefined;
  readonly message: AskedMessage | undefined;
  readonly model: string | undefined;
  readonly onBusy: 'reject' | 'queue' | 'interrupt' | undefined;
}

export interface RequestBounds {
  readonly maxFiles: number;
}

export const maxChatId = 200;
const maxMessageId = 256;
const maxReason = 2000;
const maxDecisions = 128;
const triggers = ['submit-message', 'regenerate-message'] as const;
const busyModes = ['reject', 'queue', 'interrupt'] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a page of the AI SDK asks. It sends the whole conversation; all but the message that it is about is in the pool
 * already, and is not read. `invalid_request` where a field is not what the SDK sends. Pure.
 */
export function convertRequest(body: unknown, bounds: RequestBounds): UiRequest {
  const fields = fieldsOf(body, '');
  const messageId = optional(fields, 'messageId', (value) => textOf(value, 'messageId', maxMessageId));
  const trigger =
    optional(fields, 'trigger', (value) => choiceOf(value, 'trigger', triggers)) ?? 'submit-message';
  return {
    chatId: textOf(fields['id'], 'id', maxChatId),
    trigger,
    messageId,
    message: askedMessage(fields['messages'], trigger === 'submit-message' ? messageId : undefined, bounds),
    model: optional(fields, 'model', (value) => textOf(value, 'model', 200)),
    onBusy: optional(fields, 'on_busy', (value) => choiceOf(value, 'on_busy', busyModes)),
  };
}

/** The one that is named, or else the last. */
function askedMessage(
  value: unknown,
  named: string | undefined,
  bounds: RequestBounds,
): AskedMessage | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw wrong('messages', 'must be a list of messages');
  const index = value.findLastIndex((one) => named === undefined || isNamed(one, named));
  if (index < 0) return undefined;
  return readMessage(value[index], `messages.${index}`, bounds);
}

const isNamed = (value: unknown, id: string): boolean =>
  typeof value === 'object' && value !== null && 'id' in value && value.id === id;

function readMessage(value: unknown, path: string, bounds: RequestBounds): AskedMessage {
  const fields = fieldsOf(value, path);
  const parts = fields['parts'];
  if (!Array.isArray(parts)) throw wrong(`${path}.parts`, 'must be a list of parts');
  const read = parts.map((part, index) => readPart(part, `${path}.parts.${index}`));
  const files = read.flatMap(({ file }) => file ?? []);
  if (files.length > bounds.maxFiles)
    throw new DomainError('limit_exceeded', `A message may have ${bounds.maxFiles} files.`);
  const decisions = read.flatMap(({ decision }) => decision ?? []);
  if (decisions.length > maxDecisions)
    throw wrong(`${path}.parts`, `must hold at most ${maxDecisions} decisions`);
  const content = read.flatMap(({ text }) => text ?? []).join('\n\n');
  if (content.length > maxContent)
    throw wrong(`${path}.parts`, `must have at most ${maxContent} characters of text`);
  return {
    id: textOf(fields['id'], `${path}.id`, maxMessageId),
    role: choiceOf(fields['role'], `${path}.role`, ['user', 'assistant'] as const),
    content,
    files,
    metadata: optional(fields, 'metadata', (metadata) => metadataOf(metadata, `${path}.metadata`)),
    decisions,
  };
}

interface ReadPart {
  readonly text?: string;
  readonly file?: UiFile;
  readonly decision?: UiDecision;
}

function readPart(value: unknown, path: string): ReadPart {
  const part = fieldsOf(value, path);
  if (part['type'] === 'text') {
    if (typeof part['text'] !== 'string') throw wrong(`${path}.text`, 'must be text');
    return part['text'] === '' ? {} : { text: part['text'] };
  }
  if (part['type'] === 'file')
    return {
      file: {
        url: textOf(part['url'], `${path}.url`, Infinity),
        mediaType: textOf(part['mediaType'], `${path}.mediaType`, 255),
        filename: optional(part, 'filename', (name) => textOf(name, `${path}.filename`, 255)),
      },
    };
  return part['state'] === 'approval-responded' ? { decision: decisionOf(part, path) } : {};
}

function decisionOf(part: Fields, path: string): UiDecision {
  const approval = fieldsOf(part['approval'], `${path}.approval`);
  const { approved, reason } = approval;
  if (typeof approved !== 'boolean') throw wrong(`${path}.approval.approved`, 'must be true or false');
  return {
    tool_call_id: textOf(approval['id'], `${path}.approval.id`, 256),
    decision: approved ? 'approve' : 'deny',
    ...(typeof reason === 'string' && reason !== '' && { reason: reason.slice(0, maxReason) }),
  };
}

function metadataOf(value: unknown, path: string): Fields {
  const fields = fieldsOf(value, path);
  if (new TextEncoder().encode(JSON.stringify(fields)).length > maxClientBytes / 2)
    throw wrong(path, `must have at most ${maxClientBytes / 2} bytes`);
  return fields;
}

function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(path, 'must be an object');
}

function textOf(value: unknown, path: string, most: number): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= most) return value;
  throw wrong(path, most === Infinity ? 'must be text' : `must be text of 1 to ${most} characters`);
}

function choiceOf<Value extends string>(value: unknown, path: string, values: readonly Value[]): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw wrong(path, `must be one of ${values.join(', ')}`);
}

const optional = <Value>(fields: Fields, name: string, read: (value: unknown) => Value): Value | undefined =>
  fields[name] === undefined || fields[name] === null ? undefined : read(fields[name]);

const wrong = (path: string, message: string): DomainError =>
  new DomainError('invalid_request', `${path === '' ? 'The body' : path} ${message}.`, {
    errors: [{ path, message }],
  });

export type QueryTexts = Readonly<Record<string, unknown>>;

/** Which messages of a chat are asked for; at most `most` of the pool, which is also how many by default. Pure. */
export function readMessagesQuery(
  { limit, before }: QueryTexts,
  most: number,
): { readonly limit: number; readonly before?: MessageId } {
  const count = limit === undefined ? most : Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw wrong('limit', `must be a whole number from 1 to ${most}`);
  if (before === undefined) return { limit: count };
  if (!isId(before)) throw wrong('before', 'must be the id of a message of the pool');
  return { limit: count, before: before as MessageId };
}
