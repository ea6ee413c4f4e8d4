// The files that conversations are written to and read from. Pure.

export type ExportFormat = 'json' | 'jsonl' | 'markdown';

const endings: Readonly<Record<ExportFormat, string>> = { json: 'json', jsonl: 'jsonl', markdown: 'md' };

/** `Leases, once more` as Markdown is `leases-once-more.md`. */
export function fileName(title: string, format: ExportFormat): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return `${words.join('-').slice(0, 60) || 'conversation'}.${endings[format]}`;
}

/** What a file is to the import, by how its name ends. */
export function importType(name: string): string {
  if (/\.(jsonl|ndjson)$/i.test(name)) return 'application/x-ndjson';
  return /\.zip$/i.test(name) ? 'application/zip' : 'application/json';
}
