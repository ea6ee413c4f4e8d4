import { Injectable } from '@nestjs/common';
import type { BegunExchange, NewExchange } from '../../exchanges/exchange-kinds.js';
import { Exchanges } from '../../exchanges/exchanges.service.js';
import { DomainError } from '../../kernel/domain-error.js';
import { isId, type ContextId, type Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import type { ModelRequest, PromptMessage } from '../../providers/language-model.js';
import { ModelRegistry } from '../../providers/model-registry.js';
import type { ResponsesCall } from '../dialects/responses/convert-call.js';
import { groupItems } from '../dialects/responses/convert-items.js';
import type { ItemGroup } from '../dialects/responses/item-lines.js';
import { fromWireId } from '../dialects/responses/item-ids-format.js';
import { WireField } from '../dialects/wire-field.js';
import { fitRequest, lacksOf } from '../fit-request-policy.js';
import { StoredResponses } from './stored-responses.js';

type Place = Pick<NewExchange, 'context' | 'after'>;

/** Begins a response that is stored: as an exchange behind the response before it, in a conversation, or in a new context. */
@Injectable()
export class BeginResponse {
  constructor(
    private readonly exchanges: Exchanges,
    private readonly responses: StoredResponses,
    private readonly registry: ModelRegistry,
  ) {}

  /**
   * `context` is `new`, or the id of the context that it is recorded in: that has everything before the last answer in the
   * input already. `run_not_found` for the response before it, `message_not_found` where its messages were removed, `context_not_found` for a context or a conversation,
   * `context_busy` while it is being answered, `model_incapable`; and what `Exchanges.begin` throws.
   */
  async execute(
    owner: Owner,
    call: ResponsesCall,
    context: string | undefined,
    key?: RequestKey,
  ): Promise<BegunExchange> {
    const request = this.fit(call);
    const place = await this.place(owner, call, context);
    const { input, ...raw } = call.body;
    const groups = groupItems(new WireField(input ?? [], 'input'), call.isContinued);
    const names = await this.namesFor(owner, call);
    const known = context === undefined || context === 'new' ? 0 : groups.findLastIndex(isAnswer) + 1;
    const exchange: NewExchange = {
      ...place,
      model: call.model,
      request: { ...request, messages: request.messages.map(named(names)) },
      // The instructions of one response do not count for the next: they are asked with, and are in no conversation.
      ...(call.isContinued && { history_at: request.messages.length - groups.length }),
      inputs: groups
        .slice(known)
        .map(({ prompt, items }) => ({ prompt: named(names)(prompt), raw: { items } })),
      dialect: 'responses',
      raw,
    };
    return this.exchanges.begin(owner, exchange, key);
  }

  private fit({ model, request }: ResponsesCall): ModelRequest {
    const { id, facts } = this.registry.resolve(model);
    const needs = lacksOf(request, facts);
    if (needs.length === 0) return fitRequest(request, facts);
    throw new DomainError('model_incapable', `The model ${id} lacks ${needs.join(' and ')}.`, {
      needs,
      model: id,
    });
  }

  private async place(owner: Owner, call: ResponsesCall, recorded: string | undefined): Promise<Place> {
    const { previous_response_id: previous, conversation_id: conversation } = call;
    if (recorded !== undefined && call.isContinued) throw twice();
    if (recorded !== undefined && recorded !== 'new') return { context: recordedIn(recorded) };
    if (conversation !== undefined) return { context: contextOf(conversation) };
    if (previous === undefined) return { context: 'new' };
    const { context_id: context, status, last_message_id } = await this.responses.find(owner, previous);
    if (status === 'queued' || status === 'in_progress')
      throw new DomainError('context_busy', `The response ${previous} is not at its end yet.`);
    if (last_message_id === null)
      throw new DomainError('message_not_found', `The messages of the response ${previous} are gone.`);
    return { context, after: last_message_id };
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

const isAnswer = ({ prompt }: ItemGroup): boolean => prompt.role === 'assistant';

function recordedIn(context: string): ContextId {
  if (isId(context)) return context as ContextId;
  throw new DomainError('context_not_found', `${recordHeader} is no id of a context, and not new.`);
}

/** Names the context that a call is recorded in, or is `new`. */
export const recordHeader = 'X-Pullcord-Context';

function twice(): DomainError {
  const message = 'cannot be sent together with a conversation or a response to go on with';
  return new DomainError('invalid_request', `${recordHeader} ${message}.`, {
    errors: [{ path: recordHeader, message }],
  });
}

/** `context_not_found`. */
export function contextOf(conversation: string): ContextId {
  const id = fromWireId<ContextId>('conv', conversation);
  if (id === undefined)
    throw new DomainError('context_not_found', `There is no conversation ${conversation}.`);
  return id;
}
