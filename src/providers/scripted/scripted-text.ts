import type { PromptMessage, ToolSchema } from '../language-model.js';
import { readDirectives } from './directives.js';
import { readText, type ToolResult, type Turn } from './read-turn.js';

const maxQuote = 500;
const maxResult = 2_000;
const maxTitle = 60;

/** What the model says when it is told nothing else. */
export const describeAnswer = (turn: Turn, tools: readonly ToolSchema[]): string =>
  [
    quote(turn.directives.text),
    `That is what you said in turn ${turn.number} of this conversation${images(turn.images)}. I am the scripted ` +
      'model that comes with Pullcord: I follow a script and understand nothing. With `OPENAI_API_KEY` or ' +
      '`OPENAI_BASE_URL` set, a real model answers here.',
    'Until then, a line of its own in your message tells me what to do:',
    [
      '- `/words 500` – answer with that many words',
      '- `/echo …` – answer with exactly the text that follows',
      '- `/pace 5` – wait that many milliseconds before each word',
      '- `/reason` – think aloud first',
      `- \`/tool name {"key": "value"}\` – call a tool${onOffer(tools)}`,
      '- `/rounds 3` – call it that many times in a row',
      '- `/stall`, `/fail`, `/fail-after 5` – fall silent, fail, or break off after five words',
    ].join('\n'),
  ].join('\n\n');

export const describeReasoning = (turn: Turn): string =>
  `This is turn ${turn.number}. The message has ${turn.directives.text.length} characters beside its directives` +
  `${turn.results.length > 0 ? `, and ${turn.results.length} tool results have come` : ''}. ` +
  'I am to think aloud, and this is all the thinking that a script can do.';

export const describeResults = (results: readonly ToolResult[]): string =>
  results
    .map(({ tool_name, content, is_error }) => {
      const verb = is_error ? 'failed' : 'answered';
      return `The tool \`${tool_name}\` ${verb}: ${cut(content, maxResult)}`;
    })
    .join('\n\n');

/** A few words of the first thing that the user said. */
export function describeTitle(messages: readonly PromptMessage[]): string {
  const first = messages.find((message) => message.role === 'user');
  const { text, echo } = readDirectives(first ? readText(first.parts) : '');
  const line = (text || echo || '').split('\n').find((candidate) => /[\p{L}\p{N}]/u.test(candidate)) ?? '';
  const words = line
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .split(/\s+/)
    .slice(0, 8)
    .join(' ');
  return cut(words, maxTitle).replace(/[\s.,:;!]+$/u, '') || 'New conversation';
}

/** The beginning of each thing that the user said, and of what the summary before had. */
export function describeSummary(messages: readonly PromptMessage[]): string {
  const text = messages.map((message) => (message.role === 'user' ? readText(message.parts) : '')).join('\n');
  const said = [...text.matchAll(/^(?:User:|- The user said:)[ \n](.+)$/gmu)];
  return (
    said.map(([, line = '']) => `- The user said: ${cut(line, maxTitle)}`).join('\n') || '- Nothing was said.'
  );
}

const quote = (text: string): string => (text === '' ? '> …' : cut(text, maxQuote).replaceAll(/^/gm, '> '));

const images = (count: number): string => {
  if (count === 0) return '';
  return count === 1 ? ', with an image' : `, with ${count} images`;
};

const onOffer = (tools: readonly ToolSchema[]): string =>
  tools.length === 0 ? '' : `; on offer: ${tools.map(({ name }) => `\`${name}\``).join(', ')}`;

function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const characters = [...text.slice(0, maxCharacters * 2)];
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}
