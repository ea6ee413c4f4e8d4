import type { ModelFacts } from '../../config/model-table.js';
import { imageRuleOf } from '../image-rules.js';
import type { ModelRequest, PromptMessage, PromptPart, ToolSchema } from '../language-model.js';
import { imageSize } from './image-size.js';
import { imageTokens, unknownImage } from './image-tokens-policy.js';

/** A message, or a tool, as far as its tokens go. */
export interface Countable {
  readonly text: string;
  /** Tokens that are known without counting. */
  readonly more: number;
  /** True where `more` holds something of which nobody can say how many tokens it takes. */
  readonly isGuessed?: boolean;
}

/** What frames things, and is in no text of theirs. */
interface Framing {
  /** A message's role and its borders. */
  readonly message: number;
  readonly tool: number;
  /** What tells a model to call tools at all, where there are some. */
  readonly tools: number;
  /** The beginning of the answer. */
  readonly answer: number;
}

/**
 * OpenAI Cookbook, "How to count tokens with tiktoken": three tokens and the role for each message, three for the
 * beginning of the answer, seven for each function and twelve for all.
 */
const openAi: Framing = { message: 4, tool: 7, tools: 12, answer: 3 };
/** Where nobody says: rather too much. */
const anybody: Framing = { message: 8, tool: 8, tools: 12, answer: 3 };
/** Anthropic, "Tool use", "Pricing". */
const anthropic: Framing = { ...anybody, tools: 346 };

function framingOf({ tokenizer, images }: ModelFacts): Framing {
  if (tokenizer !== 'estimate') return openAi;
  // Who counts images by their area says so, and is Anthropic.
  return images?.type === 'area' ? anthropic : anybody;
}

/** Anthropic, "PDF support": a page takes up to so many. A linked file counts as one page. */
const pageTokens = 3000;
/** A page of a PDF has about so many bytes. */
const pageBytes = 50_000;

/** What of a message a model is sent as text. Pure. */
export function mapToText(message: PromptMessage): string {
  switch (message.role) {
    case 'system':
      return message.content;
    case 'user':
      return textOf(message.parts);
    case 'assistant':
      return [
        ...(message.reasoning ?? []).map(({ text }) => text),
        message.content,
        ...(message.tool_calls ?? []).map(toJson),
      ].join('\n');
    case 'tool': {
      const result = message.parts ? textOf(message.parts) : message.content;
      return `${message.tool_call_id} ${message.tool_name}\n${result}`;
    }
    default:
      return message satisfies never;
  }
}

/** A message with what frames it, its images and its files. Pure. */
export function mapToCountable(message: PromptMessage, facts: ModelFacts): Countable {
  const parts = 'parts' in message ? (message.parts ?? []) : [];
  const weights = parts.map((part) => weigh(part, facts));
  return {
    text: mapToText(message),
    more: weights.reduce((sum, { tokens }) => sum + tokens, framingOf(facts).message),
    isGuessed: weights.some(({ isGuessed }) => isGuessed),
  };
}

export const mapToolToCountable = (tool: ToolSchema, facts: ModelFacts): Countable => ({
  text: toJson(tool),
  more: framingOf(facts).tool,
});

/** Tokens that come with tools, however many there are. */
export const toolsFrame = (tools: readonly ToolSchema[], facts: ModelFacts): number =>
  tools.length === 0 ? 0 : framingOf(facts).tools;

/** What a request has beside its messages and tools. */
export const mapRestToCountable = (
  { response_format }: Pick<ModelRequest, 'response_format'>,
  facts: ModelFacts,
): Countable => ({
  text: response_format?.type === 'json_schema' ? toJson(response_format) : '',
  more: framingOf(facts).answer,
});

/** No text has more tokens than UTF-8 bytes. */
export const atMost = ({ text, more }: Countable): number => Buffer.byteLength(text) + more;

interface Weight {
  readonly tokens: number;
  readonly isGuessed: boolean;
}

/** What of a part is not text. */
function weigh(part: PromptPart, facts: ModelFacts): Weight {
  switch (part.type) {
    case 'text':
      return { tokens: 0, isGuessed: false };
    case 'image': {
      const size = imageSize('base64' in part ? part.base64 : inDataUrl(part.url));
      const rule = facts.images ?? imageRuleOf('', facts.tokenizer);
      return { tokens: imageTokens(rule, size ?? unknownImage, part.detail), isGuessed: !size };
    }
    case 'file':
      return isText(part) ? { tokens: 0, isGuessed: false } : { tokens: pagesOf(part), isGuessed: true };
    default:
      return part satisfies never;
  }
}

type FilePart = Extract<PromptPart, { type: 'file' }>;

const isText = (file: FilePart): boolean => 'base64' in file && file.mime_type.startsWith('text/');

const pagesOf = (file: FilePart): number => {
  const bytes = 'base64' in file ? (file.base64.length * 3) / 4 : 0;
  return pageTokens * Math.max(1, Math.ceil(bytes / pageBytes));
};

const textOf = (parts: readonly PromptPart[]): string => parts.map(partText).join('\n');

function partText(part: PromptPart): string {
  if (part.type === 'text') return part.text;
  return part.type === 'file' && 'base64' in part && isText(part)
    ? Buffer.from(part.base64, 'base64').toString()
    : '';
}

/** Nothing of a linked image is known, and of a data URL its base64 is. */
const inDataUrl = (url: string): string => (url.startsWith('data:') ? url.slice(url.indexOf(',') + 1) : '');

const toJson = (value: unknown): string => JSON.stringify(value);
