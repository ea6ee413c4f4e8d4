import { Injectable } from '@nestjs/common';
import type { BegunExchange, NewExchange } from '../../exchanges/exchange-kinds.js';
import { Exchanges } from '../../exchanges/exchanges.service.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { ContextId, Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import type { PromptMessage } from '../../providers/language-model.js';
import type { ResponsesCall } from '../dialects/responses/convert-call.js';
import { groupItems } from '../dialects/responses/convert-items.js';
import { fromWireId } from '../dialects/responses/item-ids-format.js';
import { WireField } from '../dialects/wire-field.js';
import { StoredResponses } from './stored-responses.js';

type Place = Pick<NewExchange, 'context' | 'after'>;

/** Begins a response that is stored: as an exchange behind the response before it, in a conversation, or in a new context. */
@Injectable()
export class BeginResponse {
  constructor(
    private readonly exchanges: Exchanges,
    private readonly responses: StoredResponses,
  ) {}

  /**
   * `run_not_found` for the response before it, `context_not_found` for the conversation, `context_busy` while one of them
   * is being answered; and what `Exchanges.begin` throws.
   */
  async execute(owner: Owner, call: ResponsesCall, key?: RequestKey): Promise<BegunExchange> {
    const place = await this.place(owner, call);
    const { input, ...raw } = call.body;
    const groups = groupItems(new WireField(input ?? [], 'input'), call.isContinued);
    const names = await this.namesFor(owner, call);
    // The instructions of one response do not count for the next: they are asked with, and are not in the conversation.
    const instructions = call.request.messages.length - groups.length;
    const exchange: NewExchange = {
      ...place,
      model: call.model,
      request: { ...call.request, messages: call.request.messages.map(named(names)) },
      ...(call.isContinued && { history_at: instructions }),
      inputs: groups.map(({ prompt, items }) => ({ prompt: named(names)(prompt), raw: { items } })),
      dialect: 'responses',
      raw,
    };
    return this.exchanges.begin(owner, exchange, key);
  }

  private async place(owner: Owner, call: ResponsesCall): Promise<Place> {
    const { previous_response_id: previous, conversation_id: conversation } = call;
    if (conversation !== undefined) return { context: contextOf(conversation) };
    if (previous === undefined) return { context: 'new' };
    const { context_id: context, status, last_message_id } = await this.responses.find(owner, previous);
    if (status === 'queued' || status === 'in_progress')
      throw new DomainError('context_busy', `The response ${previous} is not at its end yet.`);
    return { context, ...(last_message_id !== null && { after: last_message_id }) };
  }

  /** Results say which call they answer, but not the name of its tool: the response before them does. */
  private async namesFor(
    owner: Owner,
    { previous_response_id: previous, request }: ResponsesCall,
  ): Promise<Names> {
    if (previous === undefined || !request.messages.some(isNameless)) return new Map();
    return this.responses.callNames(owner, previous);
  }
}

type Names = ReadonlyMap<string, string>;

const isNameless = (prompt: PromptMessage): boolean => prompt.role === 'tool' && prompt.tool_name === '';

const named =
  (names: Names) =>
  (prompt: PromptMessage): PromptMessage =>
    prompt.role === 'tool' && prompt.tool_name === ''
      ? { ...prompt, tool_name: names.get(prompt.tool_call_id) ?? '' }
      : prompt;

/** `context_not_found`. */
export function contextOf(conversation: string): ContextId {
  const id = fromWireId<ContextId>('conv', conversation);
  if (id === undefined)
    throw new DomainError('context_not_found', `There is no conversation ${conversation}.`);
  return id;
}
