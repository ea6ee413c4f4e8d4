import { applyDecorators, Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { CancelRunCommand, type CancelAnswer } from '../actions/cancel-run.js';
import { Settings } from '../config/settings.js';
import { documented } from '../http/documented.js';
import { Caller, IdempotencyKey, PathName } from '../http/params.js';
import type { Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { BeginTurn } from './begin-turn.js';
import { ChatAnswers, contextHeader, turnHeader } from './chat-answers.js';
import { ChatContexts } from './chat-contexts.js';
import { ChatMessages } from './chat-messages.js';
import { convertRequest, readMessagesQuery, type QueryTexts } from './convert-request.js';
import { readTurnName, writeTurnName, type TurnName } from './turn-name-format.js';
import type { UiMessage } from './ui-kinds.js';

/** A route of the AI SDK's contract, which is not in our document; its bodies hold whole conversations. */
const UiRoute = (facts: { readonly staysOpen?: boolean } = {}): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    RouteConfig({ isGateway: true, ...facts }),
    documented(({ ApiExcludeEndpoint }) => ApiExcludeEndpoint()),
  );

/** What `useChat` of the AI SDK asks, with the transport that comes with it or with ours. */
@Controller('ui/chat')
export class UiChatController {
  constructor(
    private readonly beginning: BeginTurn,
    private readonly answers: ChatAnswers,
    private readonly chats: ChatContexts,
    private readonly messages: ChatMessages,
    private readonly cancel: CancelRunCommand,
    private readonly settings: Settings,
  ) {}

  /** Sends a message, edits one, makes an answer anew or decides about tool calls; tells the turn that comes of it. */
  @Post()
  @UiRoute({ staysOpen: true })
  async ask(
    @Body() body: unknown,
    @Caller() owner: Owner,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const request = convertRequest(body, { maxFiles: this.settings.uiMaxFiles });
    const abort = this.answers.begin(reply);
    const { contextId, turn } = await this.beginning.execute(owner, request, key);
    await this.answers.stream({ id: contextId, owner }, turn, reply, abort);
  }

  /** The turn that is under way, or the one that `turn` names, from its beginning; 204 where nothing is. */
  @Get(':chat_id/stream')
  @UiRoute({ staysOpen: true })
  async resume(
    @PathName('chat_id') chatId: string,
    @Caller() owner: Owner,
    @Query() { turn: name }: QueryTexts,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = await this.chats.look(chatId, owner);
    const turn = context && (named(name) ?? (await this.messages.underWay(context, owner)));
    if (!turn) return void (await reply.status(204).send());
    const place = { id: context.id, owner };
    if (reply.request.method === 'HEAD') return this.answers.head(place, turn, reply);
    const abort = this.answers.begin(reply);
    await this.answers.stream(place, turn, reply, abort);
  }

  /** What `useChat` takes as `messages`; none before the first message. */
  @Get(':chat_id/messages')
  @UiRoute()
  async list(
    @PathName('chat_id') chatId: string,
    @Caller() owner: Owner,
    @Query() query: QueryTexts,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<readonly UiMessage[]> {
    const { limit, before } = readMessagesQuery(query, this.settings.uiPageMessages);
    const context = await this.chats.look(chatId, owner);
    void reply.header('cache-control', 'no-store');
    if (!context) return [];
    const { messages, turn } = await this.messages.shown(context, owner, { limit, before });
    void reply.header(contextHeader, context.id);
    if (turn) void reply.header(turnHeader, writeTurnName(turn));
    return messages;
  }

  /**
   * Stops the turn that `turn` names and no other, or else the run that is under way: the call to its model ends, wherever it
   * was begun from. A turn that waits in line is taken out of it; one that is over stays as it is.
   */
  @Post(':chat_id/stop')
  @UiRoute()
  async stop(
    @PathName('chat_id') chatId: string,
    @Caller() owner: Owner,
    @Query() { turn: name }: QueryTexts,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<CancelAnswer> {
    const { id } = await this.chats.find(chatId, owner);
    return this.cancel.execute(id, owner, named(name)?.run, key);
  }
}

/** The turn that a query names, if it does. */
const named = (name: unknown): TurnName | undefined =>
  typeof name === 'string' ? readTurnName(name) : undefined;
