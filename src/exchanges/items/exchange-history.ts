import { Injectable } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import type { ModelRequest } from '../../providers/language-model.js';
import { PictureReader } from '../../runs/pipeline/picture-reader.js';
import { PromptPull } from '../../runs/pipeline/prompt.pull.js';
import type { RunEntity } from '../../runs/run.entity.js';
import { RunLost } from '../../runs/answer.js';
import type { ExchangeEntity } from '../tables/exchange.entity.js';
import { convertHistory } from './convert-history.js';
import { ItemsPull } from './items.pull.js';

interface Asked {
  readonly run: RunEntity;
  readonly exchange: ExchangeEntity;
  readonly context: Context;
}

/** Puts what a conversation has before an exchange into what the model is asked. */
@Injectable()
export class ExchangeHistory {
  constructor(
    private readonly prompts: PromptPull,
    private readonly pictures: PictureReader,
    private readonly items: ItemsPull,
  ) {}

  async requestOf({ run, exchange, context }: Asked): Promise<ModelRequest> {
    const request = JSON.parse(exchange.request) as ModelRequest;
    const { history_at: at } = exchange;
    if (at === null) return request;
    const onBranch = await this.prompts.contextOn(context.id, run.branch);
    if (!onBranch) throw new RunLost();
    const { messages, pinned } = await this.prompts.historyOf(onBranch, run.branch);
    const ids = messages.map(({ id }) => id);
    const { prompts, own } = await this.items.promptsOf(context.id, ids, run.id);
    const before = messages.filter(({ id }) => !own.has(id));
    const history = convertHistory(before, pinned, prompts);
    const shown = await this.pictures.show(history, context, undefined);
    return { ...request, messages: request.messages.toSpliced(at, 0, ...shown) };
  }
}
