import type { PromptMessage, PromptPart } from '../language-model.js';
import { readDirectives, type Directives } from './directives.js';

/** What has happened since the user last spoke. */
export interface Turn {
  readonly directives: Directives;
  /** How many times the user has spoken, the last time included. */
  readonly number: number;
  readonly images: number;
  /** How many times tools were called in this turn. */
  readonly roundsDone: number;
  readonly results: readonly ToolResult[];
}

export type ToolResult = Extract<PromptMessage, { role: 'tool' }>;

export function readTurn(messages: readonly PromptMessage[]): Turn {
  const last = messages.findLastIndex(isSpoken);
  const spoken = messages[last];
  const parts = spoken?.role === 'user' ? spoken.parts : [];
  const since = messages.slice(last + 1);
  return {
    directives: readDirectives(readText(parts)),
    number: messages.filter(isSpoken).length,
    images: parts.filter(({ type }) => type === 'image').length,
    roundsDone: since.filter((message) => message.role === 'assistant' && message.tool_calls?.length).length,
    results: since.filter((message) => message.role === 'tool'),
  };
}

/** The user's own words: what stands in a file that they refer to is no directive. */
const isSpoken = (message: PromptMessage): boolean => message.role === 'user' && !message.is_companion;

export const readText = (parts: readonly PromptPart[]): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
