import { ToolError } from './tool-source.js';

/** Whether a text is meant. */
export type TextTest = (text: string) => boolean;

const maxPattern = 1000;

/**
 * A regular expression that takes time in proportion to the text, whatever both are (RE2's, hence without look-around and
 * back references). Throws `invalid_pattern`.
 */
export async function compilePattern(pattern: string, ignoresCase = false): Promise<TextTest> {
  // Loaded at its first use: most servers never search.
  const { RE2JS, RE2JSException } = await import('re2js');
  if (pattern.length > maxPattern)
    throw new ToolError('invalid_pattern', `A pattern has at most ${maxPattern} characters.`);
  try {
    const compiled = RE2JS.compile(pattern, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
    return (text) => compiled.test(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const why = error.message.replace(/^error parsing regexp: /, '').slice(0, 200);
    throw new ToolError(
      'invalid_pattern',
      `The pattern cannot be used: ${why}. It is RE2 syntax, without look-around and back references.`,
    );
  }
}

/**
 * A glob over paths with `/`: `*` and `?` stay within a name, `**` spans folders, `[a-z]` and `{a,b}` choose. Without a `/`
 * it is about the name alone, in any folder. As a pattern of RE2, so that no glob takes long. Throws `invalid_pattern`.
 */
export async function compileGlob(glob: string): Promise<TextTest> {
  const whole = glob.includes('/') ? glob.replace(/^\.?\//, '') : `**/${glob}`;
  return compilePattern(`^${translate(whole)}$`);
}

/** One piece of a glob at a time, the longest first. */
const piece = /\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|\{|\}|,|\\?[^]/gu;

function translate(glob: string): string {
  let open = 0;
  const parts = (glob.match(piece) ?? []).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 2 && part.startsWith('[')) return classOf(part.slice(1, -1));
    if (part === '{') return (open += 1) && '(?:';
    if (part === '}' && open > 0) return (open -= 1) >= 0 ? ')' : '';
    if (part === ',' && open > 0) return '|';
    return quote(part.length > 1 && part.startsWith('\\') ? part.slice(1) : part);
  });
  if (open > 0) throw new ToolError('invalid_pattern', 'The glob has a { without its }.');
  return parts.join('');
}

/** Of a class only its ranges are meant: a `-` between two characters. */
function classOf(members: string): string {
  const isNot = members.startsWith('!');
  const escaped = (isNot ? members.slice(1) : members).replace(/[\\[\]^&~|]/g, '\\$&');
  return isNot ? `[^/${escaped}]` : `[${escaped}]`;
}

const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
