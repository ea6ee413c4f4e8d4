import { textOf } from './arguments.js';
import type { BuiltinTool } from './builtin-tool.js';

/** Writes a file of the workspace as a whole. */
export const writeFile: BuiltinTool = {
  definition: {
    name: 'write_file',
    description:
      'Writes a text file of the workspace, replacing all that is in it; missing folders are made. To change a part, use edit_file.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', minLength: 1, description: 'Relative to the workspace: src/main.ts' },
        content: { type: 'string', description: 'All that will be in the file.' },
      },
      required: ['path', 'content'],
      additionalProperties: false,
    },
    permissions: ['write'],
    needs_workspace: true,
    is_parallel: false,
    on_cancel: 'finish',
  },
  call: async (args, scope) => {
    const workspace = await scope.workspace();
    const path = textOf(args, 'path');
    const content = textOf(args, 'content');
    const created = await workspace.write(path, content);
    return { result: { path, created, bytes: Buffer.byteLength(content) } };
  },
};
