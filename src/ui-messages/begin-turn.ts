import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ContextAtGlance } from '../contexts/contexts.pull.js';
import { illegalTransition } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, MessageId, Owner, RunId } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import type { MessagePayload } from '../messages/message-kinds.js';
import { ChatCommands } from './chat-commands.js';
import { ChatContexts } from './chat-contexts.js';
import { ChatFiles } from './chat-files.js';
import { ChatMessages } from './chat-messages.js';
import type { AskedMessage, UiRequest } from './convert-request.js';
import type { UiClient } from './map-to-ui-messages.js';
import type { TurnName } from './turn-name-format.js';
import { TurnsPull } from './turns.pull.js';

export interface BegunTurn {
  readonly contextId: ContextId;
  readonly turn: TurnName;
}

interface Asked {
  readonly owner: Owner;
  readonly context: ContextAtGlance;
  readonly request: UiRequest;
  readonly key: RequestKey | undefined;
}

/** Does what a page asks by the commands that every client has, and names the turn that came of it. */
@Injectable()
export class BeginTurn {
  constructor(
    private readonly chats: ChatContexts,
    private readonly files: ChatFiles,
    private readonly messages: ChatMessages,
    private readonly turns: TurnsPull,
    private readonly commands: ChatCommands,
  ) {}

  /** Refuses what the command refuses; `invalid_request` for a request without a message to answer. */
  async execute(owner: Owner, request: UiRequest, key: RequestKey | undefined): Promise<BegunTurn> {
    const { message, trigger, messageId } = request;
    if (!message) throw noMessage();
    if (message.role === 'assistant') {
      const context = await this.chats.find(request.chatId, owner);
      return this.goOn({ owner, context, request, key }, message);
    }
    const context = await this.chats.open(request.chatId, owner);
    const asked = { owner, context, request, key };
    if (trigger === 'regenerate-message') return this.regenerate(asked, message);
    return messageId === message.id ? this.edit(asked, message) : this.send(asked, message);
  }

  private async send({ owner, context, request, key }: Asked, message: AskedMessage): Promise<BegunTurn> {
    const payloads = await this.payloadsOf(owner, message);
    const last = payloads.pop();
    if (!last) throw noMessage();
    const own = key ?? keyOf(owner, context.id, message);
    const metadata = clientOf(message);
    for (const [index, payload] of payloads.entries())
      await this.commands.append.execute(
        context.id,
        owner,
        { payload, role: 'user', metadata },
        part(own, index),
      );
    const { model, onBusy: on_busy } = request;
    const input = { payload: last, metadata, model, on_busy };
    const { run_id, message_id } = await this.commands.send.execute(context.id, owner, input, own);
    return this.answerTo(context.id, message_id, run_id);
  }

  private async edit({ owner, context, key }: Asked, message: AskedMessage): Promise<BegunTurn> {
    if (message.files.length > 0 || message.content === '')
      throw new DomainError('unprocessable', 'Only the text of a message can be edited.');
    const edited = await this.messages.find(context, owner, message.id);
    if (!edited) throw messageMissing(message.id);
    const { content } = message;
    const input = { message_id: edited.id, content, metadata: clientOf(message) };
    const { run_id, message_id } = await this.commands.edit.execute(context.id, owner, input, key);
    return this.answerTo(context.id, message_id, run_id);
  }

  /**
   * Of the last question by another answer beside the first; of an earlier one by asking it again on a branch. A question that
   * never arrived, as its page was offline or the chat was busy, is asked now; one that has an answer in the page did arrive.
   */
  private async regenerate(asked: Asked, message: AskedMessage): Promise<BegunTurn> {
    const { owner, context, request, key } = asked;
    const question = await this.messages.find(context, owner, message.id);
    if (!question && [undefined, message.id].includes(request.messageId)) return this.send(asked, message);
    if (!question) throw messageMissing(message.id);
    if (!question.isLast) return this.edit(asked, message);
    const { run_id, branch } = await this.commands.retry.execute(context.id, owner, key);
    const turn = { branch, after: question.id, run: run_id, isContinued: false };
    return { contextId: context.id, turn };
  }

  /** Decisions about calls that wait; after the limit of rounds, more rounds. What was decided by now is only followed. */
  private async goOn(asked: Asked, message: AskedMessage): Promise<BegunTurn> {
    const { owner, context, key } = asked;
    const { id: contextId, state, active_branch: branch } = context;
    if (message.decisions.length > 0) return this.decide(asked, message);
    const after = await this.turns.head(contextId, branch);
    const isAtLimit = state.type === 'awaiting_user' && state.reason === 'depth_limit';
    if (!after || !isAtLimit) throw illegalTransition(context, 'an answer without a question');
    const { run_id } = await this.commands.goOn.execute(contextId, owner, key);
    return { contextId, turn: { branch, after, run: run_id, isContinued: true } };
  }

  private async decide({ owner, context, key }: Asked, message: AskedMessage): Promise<BegunTurn> {
    const { id: contextId, state, active_branch: branch } = context;
    const { decisions } = message;
    const ids = decisions.map(({ tool_call_id }) => tool_call_id);
    const request = await this.messages.lastRequest(context, owner, message.id, ids);
    if (!request) throw messageMissing(message.id);
    const isWaiting = state.type === 'awaiting_user' && state.reason === 'tool_approval';
    const pending = isWaiting ? state.pending.map(({ tool_call_id }) => tool_call_id) : [];
    const open = decisions.filter(({ tool_call_id }) => pending.includes(tool_call_id));
    if (open.length > 0) await this.commands.approve.execute(contextId, owner, open, key);
    const { id: after, run } = request;
    return { contextId, turn: { branch, after, run, isContinued: true } };
  }

  private async answerTo(id: ContextId, after: MessageId, run: RunId): Promise<BegunTurn> {
    const found = await this.turns.one(id, run);
    if (!found) throw new Error(`Run ${run} has just begun, and is not there.`);
    return { contextId: id, turn: { branch: found.branch, after, run, isContinued: false } };
  }

  private async payloadsOf(owner: Owner, { content, files }: AskedMessage): Promise<MessagePayload[]> {
    const payloads: MessagePayload[] = [];
    for (const file of files) payloads.push(await this.files.payloadOf(file, owner));
    if (content !== '') payloads.push({ kind: 'text', data: { content } });
    return payloads;
  }
}

/** A message that is sent again, as after an answer that was lost, is known by the id that its page gave it. */
function keyOf(owner: Owner, contextId: ContextId, { id, content, files }: AskedMessage): RequestKey {
  return {
    owner,
    key: digest(['ui', contextId, id]),
    fingerprint: digest([content, ...files.map(({ url }) => url)]),
  };
}

const part = (key: RequestKey, index: number): RequestKey => ({ ...key, key: digest([key.key, index]) });

const digest = (what: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(what)).digest('hex');

/** What the page says of the message itself; what this server says of it is no part of that. */
function clientOf({ id, metadata }: AskedMessage): UiClient & Record<string, unknown> {
  const { pullcord: _, ...own } = metadata ?? {};
  return { ui_message_id: id, ...(Object.keys(own).length > 0 && { ui_metadata: own }) };
}

const noMessage = (): DomainError =>
  new DomainError('invalid_request', 'messages must end in a message that says something.', {
    errors: [{ path: 'messages', message: 'must end in a message that says something' }],
  });

const messageMissing = (id: string): DomainError =>
  new DomainError('message_not_found', `The chat has no message ${id} on the branch that is shown.`);
