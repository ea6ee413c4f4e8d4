import type { ModelPart, ReasoningBlock, ReasoningSeal } from '../../providers/language-model.js';

export type Finish = Extract<ModelPart, { type: 'finish' }>;
export type ToolCall = Extract<ModelPart, { type: 'tool_call' }>;

/** What an answer is made of, in the order in which the model wrote it; tool calls last. */
export type AnswerBlock =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'reasoning' } & ReasoningBlock)
  | ToolCall;

export interface WholeAnswer {
  readonly blocks: readonly AnswerBlock[];
  readonly finish: Finish;
}

/** Puts an answer together from its parts, for callers who want it whole. How much it holds is bounded by the model. */
export class AnswerBlocks {
  private readonly blocks: AnswerBlock[] = [];
  private open: { readonly type: 'text' | 'reasoning'; readonly deltas: string[] } | undefined;
  private finish: Finish | undefined;

  add(part: ModelPart): void {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return this.addDelta(part.type, part.delta);
      case 'reasoning_seal':
        return this.addSeal(part.seal);
      case 'tool_call':
        this.close();
        this.blocks.push(part);
        return;
      case 'finish':
        this.close();
        this.finish = part;
        return;
      case 'route':
      case 'tool_arguments':
        return;
    }
  }

  /** Undefined before the part `finish`. */
  get whole(): WholeAnswer | undefined {
    return this.finish && { blocks: this.blocks, finish: this.finish };
  }

  private addDelta(type: 'text' | 'reasoning', delta: string): void {
    if (this.open?.type !== type) this.close();
    this.open ??= { type, deltas: [] };
    this.open.deltas.push(delta);
  }

  /** Ends the reasoning so far; reasoning of which nothing may be read is its seal alone. */
  private addSeal(seal: ReasoningSeal): void {
    if (this.open?.type === 'reasoning') {
      const text = this.open.deltas.join('');
      this.open = undefined;
      this.blocks.push({ type: 'reasoning', text, seal });
      return;
    }
    this.close();
    this.blocks.push({ type: 'reasoning', text: '', seal });
  }

  private close(): void {
    if (this.open) this.blocks.push({ type: this.open.type, text: this.open.deltas.join('') });
    this.open = undefined;
  }
}
