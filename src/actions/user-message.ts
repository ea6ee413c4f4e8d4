import { DomainError } from '../kernel/domain-error.js';
import type { MessageId } from '../kernel/ids.js';
import { mapToHint } from '../messages/map-to-hint.js';
import { kindRule, messageKinds, type MessagePayload } from '../messages/message-kinds.js';
import type { UserInput } from '../runs/turns.js';

export interface UserWords {
  readonly content?: string;
  readonly payload?: MessagePayload;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The message that a user's words become. `invalid_request` unless there is either content or a payload that may be sent. */
export function userMessage(id: MessageId, { content, payload, metadata }: UserWords): UserInput['message'] {
  if ((content === undefined) === (payload === undefined))
    throw wrong('content', 'or payload is required, and not both');
  const sent: MessagePayload = payload ?? { kind: 'text', data: { content: content ?? '' } };
  const { isSendable, source } = kindRule(sent.kind);
  if (!isSendable)
    throw wrong('payload.kind', `must be one of ${sendable.join(', ')}; any other goes with append_message`);
  return {
    id,
    role: 'user',
    payload: sent,
    metadata: { source, display_hint: mapToHint(sent), ...(metadata && { client: metadata }) },
  };
}

/** What a model can be asked with; a kind that is none of these may also be a slip of the pen. */
const sendable = messageKinds.filter((kind) => kindRule(kind).isSendable);

const wrong = (path: string, message: string): DomainError =>
  new DomainError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
