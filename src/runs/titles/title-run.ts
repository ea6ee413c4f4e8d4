import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { ContextStore } from '../../contexts/context.store.js';
import { isKnown, type Message } from '../../messages/message-kinds.js';
import { mapToPrompt } from '../../messages/map-to-prompt.js';
import { MessagesPull } from '../../messages/messages.pull.js';
import { ModelCalls, type CallScope } from '../../metering/model-calls.js';
import type { ModelRequest } from '../../providers/language-model.js';
import { ModelError } from '../../providers/model-error.js';
import { ModelRegistry, type ResolvedModel } from '../../providers/model-registry.js';
import { Storage } from '../../storage/storage.js';
import { RunLost } from '../answer.js';
import { NodeId } from '../node-id.js';
import type { RunEntity } from '../run.entity.js';
import { RunStore } from '../run.store.js';
import { titleFrom } from './title-format.js';
import { titlePrompt } from './title-prompt-format.js';
import { isSetSince } from './title-task-format.js';

/** A title is made of the first exchange: these messages of the branch are shown to the model. */
const messagesShown = 6;
/** More than any title has; a model that goes on is not listened to. */
const longEnough = 500;

/** Enough for a title; a model that thinks first needs some for that. */
const answerTokens = { plain: 60, reasoning: 1000 } as const;

/**
 * Gives a context its title, beside whatever its state is. When the model cannot, the first message gives one. A title that
 * was set by hand while this one was made stays.
 */
@Injectable()
export class TitleRun {
  private readonly logger = new Logger('runs');

  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly messages: MessagesPull,
    private readonly models: ModelRegistry,
    private readonly calls: ModelCalls,
    private readonly runs: RunStore,
    private readonly node: NodeId,
    private readonly settings: Settings,
  ) {}

  async execute(run: RunEntity, stop: AbortSignal): Promise<void> {
    const context = await this.storage.commit('begin_title', (tx) => this.contexts.lock(tx, run.context_id));
    const messages = await this.messages.first(context, run.branch, messagesShown);
    const model = this.models.resolve(run.model ?? this.settings.titleModel ?? context.config.model);
    const tokens = answerTokens[model.facts.reasoning ? 'reasoning' : 'plain'];
    const request: ModelRequest = {
      task: 'title',
      messages: titlePrompt(mapToPrompt(messages)),
      tools: [],
      parameters: { max_tokens: Math.min(tokens, model.facts.max_output_tokens) },
    };
    const scope = { owner: context.owner, context_id: context.id, purpose: 'title' } as const;
    const title = titleFrom(await this.ask(scope, model, request, stop)) || titleFrom(firstText(messages));
    await this.storage.commit('set_title', async (tx) => {
      const current = await this.contexts.lock(tx, run.context_id);
      if (!(await this.runs.isHeld(tx, run.id, this.node.id))) throw new RunLost();
      if (!isSetSince(run, current))
        await this.contexts.update(tx, current, { title: title || 'Untitled', title_source: 'generated' });
      await this.runs.end(tx, run.id, 'completed');
    });
  }

  private async ask(
    scope: CallScope,
    model: ResolvedModel,
    request: ModelRequest,
    stop: AbortSignal,
  ): Promise<string> {
    try {
      return await this.calls.text(scope, model, request, { abort: stop, longEnough });
    } catch (error) {
      if (!(error instanceof ModelError) || stop.aborted) throw error;
      this.logger.warn(`No title from the model (${error.code}); the first message gives one.`);
      return '';
    }
  }
}

function firstText(messages: readonly Message[]): string {
  const first = messages.find((message) => message.role === 'user');
  if (first && isKnown(first) && first.kind === 'text') return first.data.content;
  return first?.metadata.display_hint.summary ?? '';
}
