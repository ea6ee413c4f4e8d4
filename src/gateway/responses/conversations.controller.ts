import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import type { Conversation } from '../../exchanges/exchange-kinds.js';
import { Conversations } from '../../exchanges/conversations/conversations.service.js';
import { Caller, IdempotencyKey, PathName } from '../../http/params.js';
import type { Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { DeleteContextCommand } from '../../retention/delete-context.js';
import type { Json } from '../dialects/codec.js';
import { checkMetadata } from '../dialects/responses/convert-call.js';
import { toWireId } from '../dialects/responses/item-ids-format.js';
import { responsesCodec as codec } from '../dialects/responses/responses-codec.js';
import { WireField } from '../dialects/wire-field.js';
import { GatewayRoute } from '../gateway-route.js';
import { contextOf } from './begin-response.js';
import { ConversationItems, toNewItems } from './conversation-items.js';
import { ItemReferences } from './item-references.js';
import { readListQuery } from './list-page.js';

/** Contexts as OpenAI's conversations. */
@Controller(['conversations', 'v1/conversations'])
export class ConversationsController {
  constructor(
    private readonly conversations: Conversations,
    private readonly items: ConversationItems,
    private readonly references: ItemReferences,
    private readonly deletion: DeleteContextCommand,
  ) {}

  @Post()
  @GatewayRoute(codec)
  async create(
    @Body() body: unknown,
    @Caller() owner: Owner,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<Json> {
    const asked = new WireField(await this.references.resolve(owner, body, 'items'));
    const metadata = checkMetadata(asked.at('metadata'));
    const items = asked.at('items').maybe(toNewItems) ?? [];
    return show(await this.conversations.create(owner, { metadata, items }, key));
  }

  @Get(':conversation_id')
  @GatewayRoute(codec)
  async read(@PathName('conversation_id') id: string, @Caller() owner: Owner): Promise<Json> {
    return show(await this.conversations.get(owner, contextOf(id)));
  }

  @Post(':conversation_id')
  @GatewayRoute(codec)
  async update(
    @PathName('conversation_id') id: string,
    @Caller() owner: Owner,
    @Body() body: unknown,
  ): Promise<Json> {
    const metadata = checkMetadata(new WireField(body).at('metadata'));
    return show(await this.conversations.keep(owner, contextOf(id), metadata));
  }

  @Delete(':conversation_id')
  @GatewayRoute(codec)
  async delete(@PathName('conversation_id') id: string, @Caller() owner: Owner): Promise<Json> {
    await this.deletion.execute(contextOf(id), owner, { isPurge: false });
    return { id, object: 'conversation.deleted', deleted: true };
  }

  @Get(':conversation_id/items')
  @GatewayRoute(codec)
  list(
    @PathName('conversation_id') id: string,
    @Caller() owner: Owner,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<Json> {
    return this.items.list(owner, contextOf(id), readListQuery(query));
  }

  @Post(':conversation_id/items')
  @GatewayRoute(codec)
  async add(
    @PathName('conversation_id') id: string,
    @Caller() owner: Owner,
    @Body() body: unknown,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<Json> {
    const asked = new WireField(await this.references.resolve(owner, body, 'items'));
    return this.items.add(owner, contextOf(id), asked.at('items'), key);
  }

  @Get(':conversation_id/items/:item_id')
  @GatewayRoute(codec)
  find(
    @PathName('conversation_id') id: string,
    @PathName('item_id') item: string,
    @Caller() owner: Owner,
  ): Promise<Json> {
    return this.items.find(owner, contextOf(id), item);
  }

  @Delete(':conversation_id/items/:item_id')
  @GatewayRoute(codec)
  async remove(
    @PathName('conversation_id') id: string,
    @PathName('item_id') item: string,
    @Caller() owner: Owner,
  ): Promise<Json> {
    return show(await this.items.remove(owner, contextOf(id), item));
  }
}

const show = ({ id, created_at, metadata }: Conversation): Json => ({
  id: toWireId('conv', id),
  object: 'conversation',
  created_at: Math.floor(created_at / 1000),
  metadata,
});
