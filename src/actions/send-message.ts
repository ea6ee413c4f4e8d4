import { Injectable } from '@nestjs/common';
import { AttachmentReader } from '../attachments/attachment-reader.js';
import { Settings } from '../config/settings.js';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { refuseBusy } from '../contexts/refusals.js';
import { isUnderWay } from '../contexts/context-state.js';
import { DomainError } from '../kernel/domain-error.js';
import {
  newId,
  type BranchId,
  type ContextId,
  type MessageId,
  type Owner,
  type RunId,
} from '../kernel/ids.js';
import type { MessagePayload } from '../messages/message-kinds.js';
import { ModelRegistry } from '../providers/model-registry.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { TurnCheck } from '../runs/turn-check.js';
import { Turns, type UserInput } from '../runs/turns.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { CancelRunCommand } from './cancel-run.js';
import type { OnBusy } from './dto/action-requests.js';
import { accepted, type RunAcceptedAnswer } from './run-accepted.js';
import { userMessage } from './user-message.js';

export interface SendMessageInput {
  readonly content?: string;
  readonly payload?: MessagePayload;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly branch?: BranchId;
  readonly on_busy?: OnBusy;
  readonly model?: string;
}

interface SendAnswer extends RunAcceptedAnswer {
  /** The run that had to make way, if one had to: its call to the model is to be aborted. */
  readonly interrupted_run_id?: RunId;
}

/** Accepts a user's message and the run that will answer it. */
@Injectable()
export class SendMessageCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly runs: RunStore,
    private readonly turns: Turns,
    private readonly cancel: CancelRunCommand,
    private readonly runner: Runner,
    private readonly models: ModelRegistry,
    private readonly attachments: AttachmentReader,
    private readonly turnCheck: TurnCheck,
    private readonly settings: Settings,
  ) {}

  /** What AttachmentReader does not accept is refused; `context_busy` (409) while a run is under way, unless `on_busy` says otherwise. */
  async execute(
    id: ContextId,
    owner: Owner,
    input: SendMessageInput,
    key?: RequestKey,
  ): Promise<RunAcceptedAnswer> {
    this.runner.refuseWhileDraining();
    if (input.model) this.models.resolve(input.model);
    const place = { contextId: id, owner, branch: input.branch };
    const tooLong = await this.turnCheck.roomProblem(input.content ?? '', place, input.model);
    const payload = input.payload && (await this.attachments.accept(input.payload, owner, 'ask'));
    const message = userMessage(newId<MessageId>(), { ...input, payload });
    const answer = await this.storage.commitOnce('send_message', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      const branch = await this.branches.get(tx, id, input.branch ?? context.active_branch);
      this.turnCheck.require(context, branch, input);
      if (tooLong) throw tooLong;
      return this.accept(
        tx,
        context,
        { message, branch: branch.id, model: input.model ?? null },
        input.on_busy,
      );
    });
    this.runner.stop(answer.interrupted_run_id);
    this.runner.wake();
    const { interrupted_run_id: _, ...shown } = answer;
    return shown;
  }

  private async accept(
    tx: Tx,
    context: Context,
    input: UserInput,
    onBusy: OnBusy = 'reject',
  ): Promise<SendAnswer> {
    if (!isUnderWay(context.state))
      return accepted(await this.turns.begin(tx, context, input), input.message.id);
    if (onBusy === 'reject') refuseBusy(context);
    if (onBusy === 'queue') return this.queue(tx, context, input);
    const { context: free, run_id } = await this.cancel.end(tx, context);
    return {
      ...accepted(await this.turns.begin(tx, free, input), input.message.id),
      interrupted_run_id: run_id,
    };
  }

  private async queue(tx: Tx, context: Context, input: UserInput): Promise<SendAnswer> {
    const waiting = await this.runs.queued(tx, context.id);
    if (waiting.length >= this.settings.maxQueuedMessages)
      throw new DomainError('too_many_requests', `${waiting.length} messages wait in this context already.`);
    return accepted({ context, run: await this.turns.queue(tx, context, input) }, input.message.id);
  }
}
