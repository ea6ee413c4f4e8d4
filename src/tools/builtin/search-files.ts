import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Settings } from '../../config/settings.js';
import { withoutHalf } from '../bounded-result.js';
import { compileGlob, compilePattern, type TextTest } from '../text-pattern.js';
import { ToolError } from '../tool-source.js';
import { walk, type WalkReport } from '../workspace/walk.js';
import type { Workspace } from '../workspace/workspace.js';
import { isSet, textOf, textOr } from './arguments.js';
import type { BuiltinTool } from './builtin-tool.js';

type Limits = Pick<
  Settings,
  'searchMaxEntries' | 'searchMaxDepth' | 'searchMaxBytes' | 'searchMaxMatches' | 'toolResultBytes'
>;

/** Of a longer line only the beginning is searched: it is no text that anybody wrote. */
const maxLine = 4096;
/** Of the line around a match. */
const shownLine = 300;
/** How long lines are searched before others have their turn. */
const sliceMs = 10;

/** Finds files by their paths, and lines by what is in them. */
export const searchFiles = (limits: Limits): BuiltinTool => ({
  definition: {
    name: 'search_files',
    description:
      'Searches the workspace: for files by a glob, for lines by a text, or for both. Passes over .git, node_modules, links and files that are no text.',
    parameters: {
      type: 'object',
      properties: {
        glob: {
          type: 'string',
          minLength: 1,
          description: 'Which files: *.ts in any folder, src/**/*.{ts,tsx} from path on.',
        },
        text: {
          type: 'string',
          minLength: 1,
          description: 'What a line must hold. Without it, paths are listed.',
        },
        is_regex: { type: 'boolean', description: 'The text is a regular expression (RE2: no look-around).' },
        ignore_case: { type: 'boolean', description: 'A is a.' },
        path: { type: 'string', description: 'The folder to search, relative to the workspace.' },
        everything: { type: 'boolean', description: 'Search .git and node_modules too.' },
      },
      anyOf: [{ required: ['glob'] }, { required: ['text'] }],
      additionalProperties: false,
    },
    permissions: ['read'],
    needs_workspace: true,
    is_parallel: true,
    on_cancel: 'kill',
  },
  call: async (args, scope, abort) => {
    const glob = textOr(args, 'glob', undefined);
    const isWanted = glob === undefined ? () => true : await compileGlob(glob);
    const isHit = args.text === undefined ? undefined : await lineTest(args);
    const workspace = await scope.workspace();
    const search = new Search(workspace, limits, abort);
    const from = textOr(args, 'path', '.');
    await search.run({ from, isWanted, isHit, isEverything: isSet(args, 'everything') });
    return { result: search.result(isHit !== undefined) };
  },
});

async function lineTest(args: Readonly<Record<string, unknown>>): Promise<TextTest> {
  const text = textOf(args, 'text');
  const ignoresCase = isSet(args, 'ignore_case');
  if (isSet(args, 'is_regex')) return compilePattern(text, ignoresCase);
  if (text.includes('\n'))
    throw new ToolError('invalid_pattern', 'Lines are searched one by one; give one line.');
  if (!ignoresCase) return (line) => line.includes(text);
  const lower = text.toLowerCase();
  return (line) => line.toLowerCase().includes(lower);
}

interface Query {
  readonly from: string;
  readonly isWanted: TextTest;
  readonly isHit: TextTest | undefined;
  readonly isEverything: boolean;
}

interface Match {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** One search; it ends at its first limit, and says which. */
class Search {
  private readonly files: string[] = [];
  private readonly matches: Match[] = [];
  private readonly report: WalkReport = { isCut: false, isTooDeep: false };
  private searched = 0;
  private bytesRead = 0;
  private room: number;
  private end?: string;
  private sliceEnd = performance.now() + sliceMs;

  constructor(
    private readonly workspace: Workspace,
    private readonly limits: Limits,
    private readonly abort: AbortSignal,
  ) {
    this.room = limits.toolResultBytes - 1000;
  }

  async run({ from, isWanted, isHit, isEverything }: Query): Promise<void> {
    const { searchMaxEntries: maxEntries, searchMaxDepth: maxDepth } = this.limits;
    const limits = { maxEntries, maxDepth, isEverything };
    for await (const { path, below } of walk(this.workspace, from, limits, this.report)) {
      if (this.isOver()) return;
      if (!isWanted(below)) continue;
      if (isHit) await this.searchFile(path, isHit);
      else this.keep(this.files, path);
    }
  }

  result(hasText: boolean): object {
    const note = [
      this.end,
      this.report.isCut && `Only the first ${this.limits.searchMaxEntries} files and folders were looked at.`,
      this.report.isTooDeep && `Folders deeper than ${this.limits.searchMaxDepth} were left out.`,
    ].filter((part) => typeof part === 'string');
    const found = hasText ? { matches: this.matches, files_searched: this.searched } : { files: this.files };
    return {
      ...found,
      ...(note.length > 0 && { note: `${note.join(' ')} Narrow the search by path or glob.` }),
    };
  }

  private async searchFile(path: string, isHit: TextTest): Promise<void> {
    const text = await this.textOf(path);
    if (text === undefined) return;
    this.searched += 1;
    for (const [index, line] of text.split('\n').entries()) {
      if (this.isOver()) return;
      if (performance.now() > this.sliceEnd) await this.pause();
      const searched = line.length > maxLine ? withoutHalf(line.slice(0, maxLine)) : line;
      if (isHit(searched))
        this.keep(this.matches, {
          path,
          line: index + 1,
          text: withoutHalf(searched.trim().slice(0, shownLine)),
        });
    }
  }

  /** Undefined when it is none, is too large, or is gone. */
  private async textOf(path: string): Promise<string | undefined> {
    try {
      const { text, bytes } = await this.workspace.readText(path);
      this.bytesRead += bytes;
      if (this.bytesRead > this.limits.searchMaxBytes)
        this.end ??= `Only ${this.limits.searchMaxBytes} bytes were read.`;
      return text;
    } catch (error) {
      if (error instanceof ToolError) return undefined;
      throw error;
    }
  }

  private keep<Found>(list: Found[], found: Found): void {
    this.room -= Buffer.byteLength(JSON.stringify(found)) + 1;
    if (list.length >= this.limits.searchMaxMatches || this.room < 0)
      this.end ??= `There is more than these ${list.length}.`;
    else list.push(found);
  }

  private isOver(): boolean {
    if (this.abort.aborted) this.end ??= 'The search was stopped.';
    return this.end !== undefined;
  }

  private async pause(): Promise<void> {
    await nextTurn();
    this.sliceEnd = performance.now() + sliceMs;
  }
}
