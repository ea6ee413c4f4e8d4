import { branchNotFound } from '../../contexts/refusals.js';
import type { BranchId, ContextId, Owner } from '../../kernel/ids.js';
import type { Reads } from '../../storage/tx.js';
import { markdownText, type MarkdownQuery } from '../markdown/markdown-text.js';
import { readBranch, readHead, readMessageTexts } from './export.pull.js';
import { jsonLines, jsonText } from './record-text-format.js';

export const exportFormats = ['json', 'jsonl', 'markdown'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportQuery extends MarkdownQuery {
  readonly format: ExportFormat;
  /** Of Markdown, which shows one; the active one without it. */
  readonly branch?: BranchId;
}

/** What a file of a format is called and is. */
export const fileOf: {
  readonly [Format in ExportFormat]: { readonly ending: string; readonly type: string };
} = {
  json: { ending: 'json', type: 'application/json; charset=utf-8' },
  jsonl: { ending: 'jsonl', type: 'application/x-ndjson; charset=utf-8' },
  markdown: { ending: 'md', type: 'text/markdown; charset=utf-8' },
};

/** The text of an export, piece by piece; what is wrong with what was asked for is thrown before the first. */
export async function exportText(
  reads: Reads,
  id: ContextId,
  owner: Owner | undefined,
  query: ExportQuery,
): Promise<AsyncGenerator<string, void>> {
  const head = await readHead(reads, id, owner);
  switch (query.format) {
    case 'json':
      return jsonText(head, readMessageTexts(reads, id));
    case 'jsonl':
      return jsonLines(head, readMessageTexts(reads, id));
    case 'markdown': {
      const branch = query.branch ?? head.context.active_branch;
      if (!head.branches.some((one) => one.id === branch && one.deleted_at === null))
        throw branchNotFound(branch);
      return markdownText(head, branch, () => readBranch(reads, id, branch), query);
    }
  }
}
