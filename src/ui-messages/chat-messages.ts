import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { isUnderWay } from '../contexts/context-state.js';
import type { ContextAtGlance } from '../contexts/contexts.pull.js';
import { DomainError } from '../kernel/domain-error.js';
import { isId, type MessageId, type Owner, type RunId } from '../kernel/ids.js';
import { isKnown, type Message } from '../messages/message-kinds.js';
import { readMessage } from '../messages/message-row.js';
import { MessagesPull } from '../messages/messages.pull.js';
import { callsOf } from '../messages/prompt/map-tool-calls.js';
import { endIn } from './follow-turn.js';
import { isSpoken } from './map-to-chunks.js';
import { mapToUiMessages, uiIdOf } from './map-to-ui-messages.js';
import type { TurnName } from './turn-name-format.js';
import { TurnsPull } from './turns.pull.js';
import type { UiMessage } from './ui-kinds.js';

/** Messages that are read at a time while one of them is looked for. */
const page = 100;

/** The messages of a chat, and the turn that is under way behind them. */
export interface ShownChat {
  readonly messages: readonly UiMessage[];
  readonly turn: TurnName | undefined;
}

export interface FoundQuestion {
  readonly id: MessageId;
  /** No user has said anything behind it on the branch that is shown. */
  readonly isLast: boolean;
}

/** What a chat has: the messages of its context's active branch. */
@Injectable()
export class ChatMessages {
  constructor(
    private readonly messages: MessagesPull,
    private readonly turns: TurnsPull,
    private readonly settings: Settings,
  ) {}

  /**
   * The newest messages, those of the `limit` last ones of the pool before `before`. What comes of a turn that is under way
   * is left out: its stream tells it from the beginning, and would tell it twice.
   */
  async shown(
    context: ContextAtGlance,
    owner: Owner,
    { limit, before }: { readonly limit: number; readonly before?: MessageId },
  ): Promise<ShownChat> {
    const { id, active_branch: branch } = context;
    const found = await this.messages.page(id, owner, { branch, before, limit });
    const messages = wholeTurns(found.messages.map(readMessage), found.has_more);
    if (before !== undefined)
      return { messages: mapToUiMessages(messages, { type: 'completed' }), turn: undefined };
    if (!isUnderWay(context.state))
      return { messages: mapToUiMessages(messages, endIn(context)), turn: undefined };
    const last = messages.findLastIndex(isSpoken);
    const shown = mapToUiMessages(messages.slice(0, last + 1), { type: 'completed' });
    return { messages: shown, turn: await this.underWay(context, owner) };
  }

  /** The turn that is under way, from its beginning; undefined where nothing is. */
  async underWay(context: ContextAtGlance, owner: Owner): Promise<TurnName | undefined> {
    if (!isUnderWay(context.state)) return undefined;
    const run = await this.turns.underWay(context.id);
    const branch = run?.branch ?? context.active_branch;
    for await (const message of this.backwards({ ...context, active_branch: branch }, owner))
      if (isSpoken(message)) return { branch, after: message.id, run: run?.id, isContinued: false };
    return undefined;
  }

  /** A message of a user by the id that it has in a page; undefined where the branch that is shown has none. */
  async find(context: ContextAtGlance, owner: Owner, uiId: string): Promise<FoundQuestion | undefined> {
    let isLast = true;
    for await (const message of this.backwards(context, owner)) {
      if (!isSpoken(message)) continue;
      if (uiIdOf(message) === uiId || message.id === uiId) return { id: message.id, isLast };
      isLast = false;
    }
    return undefined;
  }

  /** Of the answer that has this id in a page, the last request with one of these calls, and the run that made it. */
  async lastRequest(
    context: ContextAtGlance,
    owner: Owner,
    uiId: string,
    calls: readonly string[],
  ): Promise<{ readonly id: MessageId; readonly run: RunId | undefined } | undefined> {
    if (!isId(uiId)) return undefined;
    for await (const message of this.backwards(context, owner)) {
      if (isSpoken(message)) return undefined;
      const isRequest =
        isKnown(message) && (message.kind === 'tool_request' || message.kind === 'mcp_tool_request');
      if (isRequest && callsOf(message).some(({ id }) => calls.includes(id)))
        return { id: message.id, run: message.metadata.run_id as RunId | undefined };
    }
    return undefined;
  }

  /** The messages of the active branch, the newest first. `limit_exceeded` where it would have to look too far. */
  private async *backwards(context: ContextAtGlance, owner: Owner): AsyncGenerator<Message, void> {
    const { id, active_branch: branch } = context;
    let before: MessageId | undefined;
    const { uiLookBack: most } = this.settings;
    for (let seen = 0; seen < most; seen += page) {
      const limit = Math.min(page, most - seen);
      const found = await this.messages.page(id, owner, { branch, before, limit });
      for (const text of [...found.messages].reverse()) yield readMessage(text);
      before = found.messages[0]?.id;
      if (!found.has_more || before === undefined) return;
    }
    throw new DomainError('limit_exceeded', `The message is not among the last ${most}.`);
  }
}

/** Without the answer at its beginning whose question is on the page before, unless it is all that there is. */
function wholeTurns(messages: readonly Message[], hasMore: boolean): readonly Message[] {
  const first = messages.findIndex(isSpoken);
  return hasMore && first > 0 ? messages.slice(first) : messages;
}
