import type { PromptMessage } from '../../providers/language-model.js';

/** Of each message so much is shown: what it is about is at its beginning, and a title is to be cheap. */
const maxShown = 2000;

const instruction =
  'Answer with a title for the conversation above: at most eight words, in its language, without quotes or a full stop.';

/** What a model is asked for a title: the beginnings of what was said, without images and calls of tools. Pure. */
export const titlePrompt = (prompt: readonly PromptMessage[]): readonly PromptMessage[] => [
  ...prompt.flatMap(mapSpoken),
  said('user', instruction),
];

function mapSpoken(message: PromptMessage): readonly PromptMessage[] {
  if (message.role === 'assistant') return shown('assistant', message.content);
  if (message.role !== 'user') return [];
  return shown(
    'user',
    message.parts.map((part) => (part.type === 'text' ? part.text : '(an image)')).join('\n'),
  );
}

function shown(role: 'user' | 'assistant', text: string): readonly PromptMessage[] {
  if (text.trim() === '') return [];
  // The cut never leaves half of a character.
  return [
    said(
      role,
      text.length <= maxShown ? text : `${text.slice(0, maxShown).replace(/[\uD800-\uDBFF]$/, '')}…`,
    ),
  ];
}

const said = (role: 'user' | 'assistant', text: string): PromptMessage =>
  role === 'user' ? { role, parts: [{ type: 'text', text }] } : { role, content: text };
