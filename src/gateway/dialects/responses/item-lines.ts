import type { PromptMessage, PromptToolCall, ReasoningBlock } from '../../../providers/language-model.js';
import type { Json } from '../codec.js';
import type { WireField } from '../wire-field.js';

/** A message of a prompt, and the items that it is made of. */
export interface ItemGroup {
  readonly prompt: PromptMessage;
  readonly items: readonly Json[];
}

interface Assistant {
  content: string;
  readonly reasoning: ReasoningBlock[];
  readonly calls: PromptToolCall[];
  readonly items: Json[];
}

/**
 * Puts together what the model wrote: reasoning, text and calls that stand in a row are one message, as they were one
 * answer, because results must follow the message with their calls.
 */
export class ItemLines {
  /** The one that is being read. */
  item: Json = {};
  private readonly groups: ItemGroup[] = [];
  private readonly names = new Map<string, string>();
  private open: Assistant | undefined;

  constructor(private readonly isContinued: boolean) {}

  add(message: PromptMessage): void {
    this.close();
    this.groups.push({ prompt: message, items: [this.item] });
  }

  addText(text: string): void {
    this.closeSaid();
    const open = this.assistant();
    open.content = open.content === '' ? text : `${open.content}\n\n${text}`;
  }

  addReasoning(block: ReasoningBlock): void {
    this.closeSaid();
    this.assistant().reasoning.push(block);
  }

  addCall(call: PromptToolCall): void {
    this.names.set(call.id, call.name);
    this.assistant().calls.push(call);
  }

  /** Empty where the call is not in this request, but in what is stored before it. */
  nameOf(callId: WireField): string {
    const name = this.names.get(callId.name());
    if (name === undefined && !this.isContinued) throw callId.wrong('is the id of no call that came before');
    return name ?? '';
  }

  end(): ItemGroup[] {
    this.close();
    return this.groups;
  }

  private assistant(): Assistant {
    this.open ??= { content: '', reasoning: [], calls: [], items: [] };
    this.open.items.push(this.item);
    return this.open;
  }

  /** What comes after text is the next message, unless calls still wait for their results. */
  private closeSaid(): void {
    if (this.open?.calls.length === 0 && this.open.content !== '') this.close();
  }

  private close(): void {
    if (!this.open) return;
    const { content, reasoning, calls, items } = this.open;
    this.open = undefined;
    const prompt: PromptMessage = {
      role: 'assistant',
      content,
      ...(reasoning.length > 0 && { reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    this.groups.push({ prompt, items });
  }
}
