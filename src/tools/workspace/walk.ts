import { ToolError } from '../tool-source.js';
import type { Workspace } from './workspace.js';

export interface WalkLimits {
  /** Files and folders that are looked at. */
  readonly maxEntries: number;
  /** Folders below the first. */
  readonly maxDepth: number;
}

export interface Walked {
  /** From the top of the workspace, links resolved. */
  readonly path: string;
  /** From the folder on where the walk began. */
  readonly below: string;
}

/** What a walk has left out, for a note to whoever reads what was found. */
export interface WalkReport {
  isCut: boolean;
  isTooDeep: boolean;
}

/** Folders that are large, and hardly ever what is looked for. */
const skipped: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * The regular files below a folder, by name. Links are not followed, so that it ends
 * and stays inside. A folder that cannot be read is passed over, as is one that is gone by its turn.
 */
export async function* walk(
  workspace: Workspace,
  from: string,
  limits: WalkLimits & { readonly isEverything: boolean },
  report: WalkReport,
): AsyncGenerator<Walked> {
  let left = limits.maxEntries;
  const pending: (Walked & { readonly depth: number })[] = [{ path: from, below: '', depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, below, depth } = next;
    if (left <= 0) {
      report.isCut = true;
      return;
    }
    const listing = await workspace.list(path, left).catch((error: unknown) => {
      // The folder that was asked for must be there; of the others it does not matter.
      if (depth === 0 || !(error instanceof ToolError)) throw error;
      return undefined;
    });
    if (!listing) continue;
    report.isCut ||= listing.isCut;
    left -= listing.entries.length;
    const placed = (name: string): Walked => ({
      path: listing.path === '.' ? name : `${listing.path}/${name}`,
      below: below === '' ? name : `${below}/${name}`,
    });
    for (const { name, type } of listing.entries) if (type === 'file') yield placed(name);
    const folders = listing.entries.filter(
      ({ name, type }) => type === 'folder' && (limits.isEverything || !skipped.has(name)),
    );
    if (folders.length > 0 && depth >= limits.maxDepth) report.isTooDeep = true;
    else for (const { name } of folders.reverse()) pending.push({ ...placed(name), depth: depth + 1 });
  }
}
