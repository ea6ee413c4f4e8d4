import { ToolError } from './tool-source.js';

/** The result as JSON knows it, at most this many bytes long. Text is cut, with a note; throws a ToolError for the rest. */
export function boundedResult(result: unknown, maxBytes: number): unknown {
  const json = toJson(result);
  const bytes = Buffer.byteLength(json);
  const plain: unknown = JSON.parse(json);
  if (bytes <= maxBytes) return plain;
  if (typeof plain === 'string') return cutText(plain, maxBytes);
  throw new ToolError(
    'result_too_large',
    `The result is ${bytes} bytes; at most ${maxBytes} are taken. Ask for less at once.`,
  );
}

/** The beginning of the text that fits as JSON, with a note of what was left out. */
function cutText(text: string, maxBytes: number): string {
  const total = Buffer.byteLength(text);
  const noteOf = (kept: number): string => `\n[… ${total - kept} of ${total} bytes left out]`;
  const room = maxBytes - Buffer.byteLength(JSON.stringify(noteOf(0)));
  const kept = startWithin(text, room);
  return kept + noteOf(Buffer.byteLength(kept));
}

/** The longest beginning of the text whose JSON is at most this many bytes, without half a character at its end. */
export function startWithin(text: string, maxBytes: number): string {
  if (Buffer.byteLength(JSON.stringify(text)) <= maxBytes) return text;
  let least = 0;
  let most = Math.min(text.length, Math.max(maxBytes, 0));
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (Buffer.byteLength(JSON.stringify(text.slice(0, middle))) <= maxBytes) least = middle;
    else most = middle - 1;
  }
  return withoutHalf(text.slice(0, least));
}

/** Without the half of a character that a cut has left at the end. */
export const withoutHalf = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');

function toJson(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new ToolError('invalid_result', 'The tool answered something that is no JSON.');
  }
}
