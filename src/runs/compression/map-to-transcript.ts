import type { PromptMessage, PromptPart } from '../../providers/language-model.js';

/** What a call of a tool, or its result, may have at most: the beginning and the end say what it was about. */
const maxToolText = 4000;

/** A message of a prompt as somebody reads it who is to sum up what was said. Pure. */
export function mapToTranscript(message: PromptMessage): string {
  switch (message.role) {
    case 'system':
      return `Note:\n${message.content}`;
    case 'user':
      return `${message.is_companion ? 'What the user refers to' : 'User'}:\n${message.parts.map(partText).join('\n')}`;
    case 'assistant':
      return [
        ...(message.content === '' ? [] : [`Assistant:\n${message.content}`]),
        ...(message.tool_calls ?? []).map(
          ({ name, arguments: input }) =>
            `The assistant calls the tool ${name}: ${middleCut(JSON.stringify(input) ?? '', maxToolText)}`,
        ),
      ].join('\n');
    case 'tool':
      return `The tool ${message.tool_name} ${message.is_error ? 'fails' : 'answers'}:\n${middleCut(message.content, maxToolText)}`;
    default:
      return message satisfies never;
  }
}

/**
 * A text of at most `max` UTF-16 units, but for the note that says what is missing: its beginning and its end. No
 * character is cut in two. Pure.
 */
export function middleCut(text: string, max: number): string {
  if (text.length <= max) return text;
  const half = Math.floor(max / 2);
  const [head, tail] = [text.slice(0, half), text.slice(text.length - half)];
  const [begin, end] = [head.replace(/[\uD800-\uDBFF]$/, ''), tail.replace(/^[\uDC00-\uDFFF]/, '')];
  return `${begin}\n[… ${text.length - begin.length - end.length} characters are left out …]\n${end}`;
}

const partText = (part: PromptPart): string => (part.type === 'text' ? part.text : '[an image]');
