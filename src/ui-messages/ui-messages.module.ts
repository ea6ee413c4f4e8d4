import { Module } from '@nestjs/common';
import { ActionsModule } from '../actions/actions.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { RetentionModule } from '../retention/retention.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { BeginTurn } from './begin-turn.js';
import { ChatAnswers } from './chat-answers.js';
import { ChatCommands } from './chat-commands.js';
import { ChatContexts } from './chat-contexts.js';
import { ChatFiles } from './chat-files.js';
import { ChatMessages } from './chat-messages.js';
import { FollowTurn } from './follow-turn.js';
import { TurnsPull } from './turns.pull.js';
import { UiChatController } from './ui-chat.controller.js';

/** Pages that are built with the AI SDK's `useChat`. */
@Module({
  imports: [RunsModule, ActionsModule, RetentionModule, GatewayModule],
  controllers: [UiChatController],
  providers: [
    BeginTurn,
    ChatAnswers,
    ChatCommands,
    ChatContexts,
    ChatFiles,
    ChatMessages,
    FollowTurn,
    TurnsPull,
  ],
})
export class UiMessagesModule {}
