import { deepestJson, isDeeperThan } from '../../kernel/json-depth.js';
import type {
  ModelPart,
  PromptMessage,
  PromptToolCall,
  ReasoningBlock,
} from '../../providers/language-model.js';

export type AnswerPrompt = Extract<PromptMessage, { role: 'assistant' }>;
type ToolCallPart = Extract<ModelPart, { type: 'tool_call' }>;

/** What of an answer is told to the model again in the next turn, put together from its parts. */
export class AnswerPromptMaker {
  private text = '';
  private reasoning = '';
  private readonly blocks: ReasoningBlock[] = [];
  readonly calls: ToolCallPart[] = [];

  add(part: ModelPart): void {
    if (part.type === 'text') this.text += part.delta;
    else if (part.type === 'reasoning') this.reasoning += part.delta;
    else if (part.type === 'reasoning_seal') this.endBlock(part.seal);
    else if (part.type === 'tool_call') this.calls.push(part);
  }

  get prompt(): AnswerPrompt {
    const unsealed = this.reasoning === '' ? [] : [{ text: this.reasoning }];
    const reasoning = [...this.blocks, ...unsealed];
    return {
      role: 'assistant',
      content: this.text,
      ...(reasoning.length > 0 && { reasoning }),
      ...(this.calls.length > 0 && { tool_calls: this.calls.map(callOf) }),
    };
  }

  private endBlock(seal: ReasoningBlock['seal']): void {
    this.blocks.push({ text: this.reasoning, ...(seal && { seal }) });
    this.reasoning = '';
  }
}

const callOf = ({ tool_call_id, tool_name, arguments: text }: ToolCallPart): PromptToolCall => ({
  id: tool_call_id,
  name: tool_name,
  arguments: readArguments(text),
});

/** The object that the model wrote, or its text where that is none. */
function readArguments(text: string): unknown {
  try {
    return isDeeperThan(Buffer.from(text), deepestJson) ? text : (JSON.parse(text || '{}') as unknown);
  } catch {
    return text;
  }
}
