import type {
  ModelPart,
  ModelRequest,
  PromptMessage,
  PromptPart,
  TokenUsage,
} from '../providers/language-model.js';
import type { CallOutcome } from './permit.js';

/** An image or a file in a request: about what models take for one of middling size, four bytes a token. */
const bytesOfFile = 4000;

const bytesOf = (text: string): number => Buffer.byteLength(text);

const bytesOfPart = (part: PromptPart): number => (part.type === 'text' ? bytesOf(part.text) : bytesOfFile);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function bytesOfMessage(message: PromptMessage): number {
  switch (message.role) {
    case 'system':
      return bytesOf(message.content);
    case 'user':
      return sum(message.parts.map(bytesOfPart));
    case 'tool':
      return message.parts ? sum(message.parts.map(bytesOfPart)) : bytesOf(message.content);
    case 'assistant':
      return (
        bytesOf(message.content) +
        sum((message.reasoning ?? []).map(({ text }) => bytesOf(text))) +
        sum((message.tool_calls ?? []).map(({ name, arguments: input }) => bytesOf(name + toText(input))))
      );
  }
}

const toText = (input: unknown): string =>
  typeof input === 'string' ? input : (JSON.stringify(input) ?? '');

/** UTF-8 bytes of what a request says, its tools included. Pure. */
export const bytesOfRequest = ({ messages, tools }: ModelRequest): number =>
  sum(messages.map(bytesOfMessage)) + (tools.length > 0 ? bytesOf(JSON.stringify(tools)) : 0);

/** The beginning of what the user said last, in a line; empty where it was no text. Pure. */
export function previewOf({ messages }: ModelRequest): string {
  const last = messages.findLast((message) => message.role === 'user' && !message.is_companion);
  const parts = last?.role === 'user' ? last.parts : [];
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Reads an answer along, for what the call has used whenever it ends. */
export class AnswerMeter {
  private model: string | undefined;
  private usage: TokenUsage | undefined;
  private answerBytes = 0;
  /** Whether anything has come back. */
  hasBegun = false;

  constructor(private readonly request: ModelRequest) {}

  note(part: ModelPart): void {
    if (part.type === 'route') {
      this.model = part.model;
      return;
    }
    this.hasBegun = true;
    if (part.type === 'finish') this.usage = part.usage;
    else if ('delta' in part) this.answerBytes += bytesOf(part.delta);
  }

  /** What is known by now. A provider that counted nothing has not said anything. */
  get outcome(): CallOutcome {
    const { model, usage } = this;
    const isCounted = usage !== undefined && usage.prompt + usage.completion > 0;
    return {
      ...(model !== undefined && { model }),
      ...(isCounted
        ? { usage }
        : { request_bytes: bytesOfRequest(this.request), answer_bytes: this.answerBytes }),
    };
  }
}
