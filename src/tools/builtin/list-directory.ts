import type { Settings } from '../../config/settings.js';
import { textOr } from './arguments.js';
import type { BuiltinTool } from './builtin-tool.js';

/** What is in one folder of the workspace. */
export const listDirectory = ({ listMaxEntries }: Pick<Settings, 'listMaxEntries'>): BuiltinTool => ({
  definition: {
    name: 'list_directory',
    description: 'Lists a folder of the workspace: names, types, and the sizes of files. Not its subfolders.',
    parameters: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Relative to the workspace, which is the default: src/app' },
      },
      additionalProperties: false,
    },
    permissions: ['read'],
    needs_workspace: true,
    is_parallel: true,
    on_cancel: 'kill',
  },
  call: async (args, scope) => {
    const workspace = await scope.workspace();
    const { path, entries, isCut } = await workspace.list(textOr(args, 'path', '.'), listMaxEntries);
    const note = `There are more than these ${entries.length}; search_files with a glob finds the others.`;
    return { result: { path, entries, ...(isCut && { note }) } };
  },
});
