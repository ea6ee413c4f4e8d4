import { ToolError } from '../tool-source.js';
import { textOf } from './arguments.js';
import type { BuiltinTool } from './builtin-tool.js';

/** Replaces one place in a file of the workspace. */
export const editFile: BuiltinTool = {
  definition: {
    name: 'edit_file',
    description:
      'Replaces one piece of a text file of the workspace. old_text must be in the file exactly once, to the letter and with its line breaks; take in lines around it until it is.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', minLength: 1, description: 'Relative to the workspace: src/main.ts' },
        old_text: { type: 'string', minLength: 1, description: 'The piece as it is now.' },
        new_text: { type: 'string', description: 'What is to be there instead; empty to remove it.' },
      },
      required: ['path', 'old_text', 'new_text'],
      additionalProperties: false,
    },
    permissions: ['read', 'write'],
    needs_workspace: true,
    is_parallel: false,
    on_cancel: 'finish',
  },
  call: async (args, scope) => {
    const workspace = await scope.workspace();
    const path = textOf(args, 'path');
    const { text, stats } = await workspace.readText(path);
    const at = onlyPlaceOf(textOf(args, 'old_text'), text);
    const changed = text.slice(0, at.from) + textOf(args, 'new_text') + text.slice(at.to);
    await workspace.write(path, changed, stats);
    return { result: { path, line: text.slice(0, at.from).split('\n').length } };
  },
};

function onlyPlaceOf(piece: string, text: string): { readonly from: number; readonly to: number } {
  const from = text.indexOf(piece);
  if (from < 0)
    throw new ToolError(
      'text_not_found',
      'old_text is not in the file; read it again and copy the piece exactly.',
    );
  if (text.includes(piece, from + 1))
    throw new ToolError(
      'text_not_unique',
      'old_text is in the file more than once; take in more lines around it.',
    );
  return { from, to: from + piece.length };
}
