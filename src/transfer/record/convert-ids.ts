import { mainBranch, type BranchId, type ContextId, type MessageId } from '../../kernel/ids.js';
import type { Message, SummaryData } from '../../messages/message-kinds.js';
import type { ContextRecord } from './record-kinds.js';

/** Makes ids; an argument, so that this stays pure. */
export type MakeId = () => string;

/** The record with new ids for the context, its branches and its messages, wherever they are named. */
export function convertIds(record: ContextRecord, makeId: MakeId): ContextRecord {
  const { context, branches, removed, pins, messages } = record;
  const ofContext = makeId() as ContextId;
  const ofBranch = renewed<BranchId>(
    branches.map(({ id }) => id).filter((id) => id !== mainBranch),
    makeId,
  );
  const ofMessage = renewed<MessageId>(
    messages.map(({ message }) => message.id),
    makeId,
  );
  return {
    context: { ...context, id: ofContext, active_branch: ofBranch(context.active_branch) },
    branches: branches.map((branch) => ({
      ...branch,
      id: ofBranch(branch.id),
      parent_branch: branch.parent_branch && ofBranch(branch.parent_branch),
      head_message_id: branch.head_message_id && ofMessage(branch.head_message_id),
      parts: branch.parts.map((part) => ({ ...part, source_branch: ofBranch(part.source_branch) })),
    })),
    pins: pins.map((pin) => ({ ...pin, message_id: ofMessage(pin.message_id) })),
    removed: removed.map(({ revision }) => ({ id: makeId() as MessageId, revision })),
    messages: messages.map((record) => ({
      ...record,
      message: {
        ...withReferences(record.message, ofMessage),
        context_id: ofContext,
        branch: ofBranch(record.message.branch),
      },
    })),
  };
}

function withReferences(message: Message, of: (id: MessageId) => MessageId): Message {
  const { id, parent_id, metadata } = message;
  const { companion_of } = metadata;
  const moved = {
    ...message,
    id: of(id),
    parent_id: parent_id && of(parent_id),
    metadata: companion_of === undefined ? metadata : { ...metadata, companion_of: of(companion_of) },
  };
  if (message.kind !== 'summary') return moved;
  const data = message.data as SummaryData;
  return {
    ...moved,
    data: { ...data, covers: data.covers.map((covered) => of(covered as MessageId)) },
  };
}

/** An id that is none of these stays as it is. */
function renewed<Id extends string>(ids: readonly Id[], makeId: MakeId): (id: Id) => Id {
  const made = new Map(ids.map((id) => [id, makeId() as Id]));
  return (id) => made.get(id) ?? id;
}
