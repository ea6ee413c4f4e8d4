import type { Settings } from '../../config/settings.js';
import { startWithin } from '../bounded-result.js';
import { ToolError } from '../tool-source.js';
import { numberOr, textOf } from './arguments.js';
import type { BuiltinTool } from './builtin-tool.js';

/** What the answer needs beside the text of the file. */
const frameBytes = 2 * 4096 + 512;

/** Lines of a text file of the workspace, with what was left out. */
export const readFile = (settings: Pick<Settings, 'toolResultBytes'>): BuiltinTool => ({
  definition: {
    name: 'read_file',
    description:
      'Reads a text file of the workspace, all of it or some lines. What does not fit is left out, and a note says how to go on.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', minLength: 1, description: 'Relative to the workspace: src/main.ts' },
        first_line: { type: 'integer', minimum: 1, description: 'The first line wanted, from 1.' },
        last_line: { type: 'integer', minimum: 1, description: 'The last line wanted, itself included.' },
      },
      required: ['path'],
      additionalProperties: false,
    },
    permissions: ['read'],
    needs_workspace: true,
    is_parallel: true,
    on_cancel: 'kill',
  },
  call: async (args, scope) => {
    const workspace = await scope.workspace();
    const { path, text } = await workspace.readText(textOf(args, 'path'));
    const lines = linesOf(text);
    const first = numberOr(args, 'first_line', 1);
    const last = Math.min(numberOr(args, 'last_line', lines.length), lines.length);
    if (first > Math.max(last, 1))
      throw new ToolError('no_such_lines', `${path} has ${lines.length} lines; ask for some of those.`);
    const room = Math.max(settings.toolResultBytes - frameBytes, 512);
    return { result: { path, total_lines: lines.length, ...excerpt(lines, first, last, room) } };
  },
});

interface Excerpt {
  readonly first_line: number;
  readonly last_line: number;
  readonly content: string;
  readonly note?: string;
}

/** The lines wanted, or as many whole ones of them as fit; of a line that is too long by itself, its beginning. */
function excerpt(lines: readonly string[], first: number, last: number, maxBytes: number): Excerpt {
  const wanted = lines.slice(first - 1, last);
  let bytes = 2;
  const over = wanted.findIndex((line) => (bytes += jsonBytes(line)) > maxBytes);
  if (over < 0) return { first_line: first, last_line: last, content: wanted.join('') };
  if (over === 0) {
    const content = startWithin(wanted[0] ?? '', maxBytes);
    const note = `Line ${first} is longer than what fits; this is its beginning.`;
    return { first_line: first, last_line: first, content, note };
  }
  const end = first + over - 1;
  const note = `Lines ${end + 1} to ${last} were left out; go on with first_line ${end + 1}.`;
  return { first_line: first, last_line: end, content: wanted.slice(0, over).join(''), note };
}

const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

/** With their line ends. A text that ends in one has no empty line after it. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
