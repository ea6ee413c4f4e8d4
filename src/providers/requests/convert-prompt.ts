import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider';
import type { Dialect, PromptMessage, PromptToolCall, ReasoningBlock } from '../language-model.js';
import { convertParts, convertResultParts } from './convert-parts.js';

type Role<Name extends PromptMessage['role']> = Extract<PromptMessage, { role: Name }>;
type AssistantPart = Extract<LanguageModelV3Message, { role: 'assistant' }>['content'][number];
type ToolResult = Extract<LanguageModelV3Message, { role: 'tool' }>['content'][number];

/**
 * A conversation as the AI SDK takes it, for a server of this dialect. Throws `upstream_rejected` for an address of an
 * image or a file that is no URL. Pure.
 */
export function convertPrompt(messages: readonly PromptMessage[], dialect: Dialect): LanguageModelV3Prompt {
  const shown = dialect === 'chat_completions' ? withShownResults(messages) : messages;
  const turn = shown.findLastIndex((message) => message.role === 'user' && !message.is_companion);
  const prompt = shown.flatMap((message, index) => convertMessage(message, dialect, index > turn));
  return dialect === 'messages' ? systemFirst(prompt) : prompt;
}

function convertMessage(
  message: PromptMessage,
  dialect: Dialect,
  isInTurn: boolean,
): LanguageModelV3Message[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }];
    case 'user':
      return [{ role: 'user', content: convertParts(message.parts, dialect) }];
    case 'assistant': {
      const content = convertAssistant(message, dialect, isInTurn);
      return content.length > 0 ? [{ role: 'assistant', content }] : [];
    }
    case 'tool':
      return [{ role: 'tool', content: [convertToolResult(message, dialect)] }];
  }
}

/** Anthropic has one place for what the system says. It refuses blocks of text that are empty. */
function systemFirst(prompt: LanguageModelV3Prompt): LanguageModelV3Prompt {
  const said = prompt.filter((message) => message.role === 'system' && message.content !== '');
  return [...said, ...prompt.filter((message) => message.role !== 'system')];
}

/**
 * A result of a chat completion is text and nothing else: its images come after the results, as what the user shows.
 */
function withShownResults(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  return messages.flatMap((message, index) => {
    if (message.role !== 'tool' || messages[index + 1]?.role === 'tool') return [message];
    let first = index;
    while (messages[first - 1]?.role === 'tool') first -= 1;
    const results = messages.slice(first, index + 1).filter((result) => result.role === 'tool');
    return [message, ...results.flatMap(shownResult)];
  });
}

function shownResult({ tool_name, parts = [] }: Role<'tool'>): PromptMessage[] {
  const shown = parts.filter(({ type }) => type !== 'text');
  if (shown.length === 0) return [];
  const text = `What ${tool_name} returned:`;
  return [{ role: 'user', is_companion: true, parts: [{ type: 'text', text }, ...shown] }];
}

function convertAssistant(message: Role<'assistant'>, dialect: Dialect, isInTurn: boolean): AssistantPart[] {
  const calls = message.tool_calls ?? [];
  const isCalling = isInTurn && calls.length > 0;
  const parts = (message.reasoning ?? []).flatMap((block) => convertReasoning(block, dialect, isCalling));
  const isSaid = message.content !== '' || (calls.length === 0 && dialect !== 'messages');
  if (isSaid) parts.push({ type: 'text', text: message.content });
  return [...parts, ...calls.map((call) => convertToolCall(call, dialect))];
}

/**
 * What a provider has sealed goes back to its like, always: that it may go on where it was, and find its cache. Reasoning
 * in plain text goes back only with the tool calls of the turn that is under way: there, some models need it to go on;
 * anywhere else it is refused by some servers and ignored by the others.
 */
function convertReasoning(
  { text, seal }: ReasoningBlock,
  dialect: Dialect,
  isCalling: boolean,
): AssistantPart[] {
  if (dialect === 'chat_completions') return isCalling && text !== '' ? [{ type: 'reasoning', text }] : [];
  if (seal?.dialect !== dialect) return [];
  switch (seal.kind) {
    case 'signature':
      return [{ type: 'reasoning', text, providerOptions: { anthropic: { signature: seal.value } } }];
    case 'redacted':
      return [{ type: 'reasoning', text, providerOptions: { anthropic: { redactedData: seal.value } } }];
    case 'encrypted': {
      const named = seal.id !== undefined && { itemId: seal.id };
      const openai = { reasoningEncryptedContent: seal.value, ...named };
      return [{ type: 'reasoning', text, providerOptions: { openai } }];
    }
  }
}

const convertToolCall = (call: PromptToolCall, dialect: Dialect): AssistantPart => ({
  type: 'tool-call',
  toolCallId: callId(call.id, dialect),
  toolName: call.name,
  input: convertArguments(call.arguments),
});

/** Servers read the arguments as an object; anything else a model once wrote would make each later call fail. */
const convertArguments = (written: unknown): object => {
  if (written === undefined || written === '') return {};
  return typeof written === 'object' && written !== null && !Array.isArray(written) ? written : { written };
};

function convertToolResult(message: Role<'tool'>, dialect: Dialect): ToolResult {
  const { tool_call_id, tool_name: toolName, content: value, parts = [], is_error } = message;
  const named = { type: 'tool-result', toolCallId: callId(tool_call_id, dialect), toolName } as const;
  // The SDK has no words for an error with images.
  if (dialect === 'chat_completions' || is_error || parts.every(({ type }) => type === 'text'))
    return { ...named, output: { type: is_error ? 'error-text' : 'text', value } };
  return { ...named, output: { type: 'content', value: convertResultParts(parts, dialect) } };
}

/** Anthropic takes letters, digits, `_` and `-` in the ids of calls; other providers' may have anything. */
const callId = (id: string, dialect: Dialect): string =>
  dialect === 'messages' ? id.replaceAll(/[^\w-]/g, '_') : id;
