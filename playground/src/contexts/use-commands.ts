// What can be asked of a context as a whole, rather than of what is said in it.
import { useMemo } from 'react';
import { usePullcord } from '@pullcord/client/react';
import {
  archiveContext,
  deleteContext,
  exportContext,
  generateTitle,
  patchContext,
  restoreContext,
  undeleteContext,
  type ImportOutcome,
} from '@pullcord/client/api';
import { importType, type ExportFormat } from './file-format.js';

/** Each throws a PullcordError. */
export interface ContextCommands {
  rename(id: string, title: string | null): Promise<unknown>;
  generateTitle(id: string): Promise<unknown>;
  archive(id: string): Promise<unknown>;
  restore(id: string): Promise<unknown>;
  remove(id: string): Promise<unknown>;
  undelete(id: string): Promise<unknown>;
  /** Null takes the choice back: then the deployment's own counts. */
  setModel(id: string, model: string | null): Promise<unknown>;
  setMode(id: string, mode: string | null): Promise<unknown>;
  export(id: string, format: ExportFormat): Promise<Blob>;
  import(file: File): Promise<ImportOutcome>;
}

export function useCommands(): ContextCommands {
  const { api: client } = usePullcord();
  return useMemo(() => {
    const at = (context_id: string) => ({ client, path: { context_id } }) as const;
    return {
      rename: (id, title) => patchContext({ ...at(id), body: { title } }),
      generateTitle: (id) => generateTitle(at(id)),
      archive: (id) => archiveContext(at(id)),
      restore: (id) => restoreContext(at(id)),
      remove: (id) => deleteContext(at(id)),
      undelete: (id) => undeleteContext(at(id)),
      setModel: (id, model) => patchContext({ ...at(id), body: { config: { model } } }),
      setMode: (id, mode) => patchContext({ ...at(id), body: { config: { mode } } }),
      export: async (id, format) =>
        blobOf((await exportContext({ ...at(id), query: { format }, parseAs: 'blob' })).data),
      import: async (file) => {
        const { data } = await client.post<{ 201: ImportOutcome }>({
          url: '/contexts/import',
          body: file,
          headers: { 'Content-Type': importType(file.name) },
        });
        return data;
      },
    };
  }, [client]);
}

/** Typed by its content, it has been read as bytes. */
function blobOf(data: unknown): Blob {
  if (data instanceof Blob) return data;
  throw new Error('The export is not a file.');
}
