import { Injectable } from '@nestjs/common';
import { AttachmentReader } from '../attachments/attachment-reader.js';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { refuseBusy } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId, type BranchId, type ContextId, type MessageId, type Owner } from '../kernel/ids.js';
import { mapToHint } from '../messages/map-to-hint.js';
import { kindRule, type MessagePayload, type MessageRole } from '../messages/message-kinds.js';
import { MessageStore } from '../messages/message.store.js';
import { Runner } from '../runs/runner.js';
import { Turns } from '../runs/turns.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';

export interface AppendMessageInput {
  readonly payload: MessagePayload;
  readonly role: MessageRole;
  readonly branch?: BranchId;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface MessageAcceptedAnswer {
  readonly context_id: ContextId;
  readonly message_id: MessageId;
  readonly state: Context['state'];
  readonly revision: number;
}

/** Adds a message of any kind without asking a model. */
@Injectable()
export class AppendMessageCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly turns: Turns,
    private readonly runner: Runner,
    private readonly attachments: AttachmentReader,
  ) {}

  /** What AttachmentReader does not accept is refused; `context_busy` while a run is under way. */
  async execute(
    id: ContextId,
    owner: Owner,
    input: AppendMessageInput,
    key?: RequestKey,
  ): Promise<MessageAcceptedAnswer> {
    const { role, metadata } = input;
    if (input.payload.kind === 'streaming_response') throw wrongKind();
    const payload = await this.attachments.accept(input.payload, owner, 'keep');
    const answer = await this.storage.commitOnce('append_message', key, async (tx) => {
      const found = await this.contexts.lock(tx, id, owner);
      refuseBusy(found);
      const context = await this.turns.giveUpWaiting(tx, found);
      const branch = await this.branches.get(tx, id, input.branch ?? context.active_branch);
      const accepted = this.contexts.pass(tx, context, { type: 'message_accepted' });
      const message_id = newId<MessageId>();
      await this.messages.add(tx, accepted, branch, {
        id: message_id,
        role,
        payload,
        metadata: {
          source: role === 'user' ? kindRule(payload.kind).source : 'external',
          display_hint: mapToHint(payload),
          ...(metadata && { client: metadata }),
        },
      });
      const recorded = await this.contexts.advance(tx, accepted, { type: 'message_recorded' });
      // Behind calls that waited, and only there, other messages may be in line.
      const { state, revision } = context === found ? recorded : await this.turns.startNext(tx, recorded);
      return { context_id: id, message_id, state, revision };
    });
    if (answer.state.type === 'active') this.runner.wake();
    return answer;
  }
}

function wrongKind(): DomainError {
  const message = 'must not be streaming_response: such a message begins with POST …/messages/streaming';
  return new DomainError('invalid_request', `payload.kind ${message}.`, {
    errors: [{ path: 'payload.kind', message }],
  });
}
