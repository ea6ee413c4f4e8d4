import type { BranchId, ContextId, Owner } from '../../kernel/ids.js';
import type { Reads } from '../../storage/tx.js';
import { readHead, readMessageTexts } from './export.pull.js';
import { jsonLines, jsonText } from './record-text-format.js';

export const exportFormats = ['json', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportQuery {
  readonly format: ExportFormat;
  readonly branch?: BranchId;
}

/** What a file of a format is called and is. */
export const fileOf: {
  readonly [Format in ExportFormat]: { readonly ending: string; readonly type: string };
} = {
  json: { ending: 'json', type: 'application/json; charset=utf-8' },
  jsonl: { ending: 'jsonl', type: 'application/x-ndjson; charset=utf-8' },
};

/** The text of an export, piece by piece; what is wrong with what was asked for is thrown before the first. */
export async function exportText(
  reads: Reads,
  id: ContextId,
  owner: Owner | undefined,
  { format }: ExportQuery,
): Promise<AsyncGenerator<string, void>> {
  const head = await readHead(reads, id, owner);
  switch (format) {
    case 'json':
      return jsonText(head, readMessageTexts(reads, id));
    case 'jsonl':
      return jsonLines(head, readMessageTexts(reads, id));
  }
}
