// The Markdown pages of the repository, and the fenced blocks in them. A block of `sh` or `ts` is run by a test, unless
// the comment `<!-- excerpt -->` stands above it. A `text` block that follows an `sh` block is what that one prints,
// with `…` for what is left out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Fence {
  readonly language: string;
  /** What stands after the language: the name of a `ts` file. */
  readonly name: string;
  readonly code: string;
  /** The line of its first row in the page, from 1. */
  readonly line: number;
  readonly isExcerpt: boolean;
}

/** An `sh` block, and what the page shows of its output. */
export interface Command {
  readonly code: string;
  readonly line: number;
  readonly shown: string;
}

/** README.md and everything in docs, as paths from the root. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
    .sort(),
];

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

export function fencesOf(markdown: string): Fence[] {
  const lines = markdown.split('\n');
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', ticks = '', language = '', name = ''] =
      /^( *)(`{3,})(\w*) *(.*)$/.exec(lines[at] ?? '') ?? [];
    if (!ticks) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === ticks);
    if (end < 0) throw new Error(`The block of line ${at + 1} has no end.`);
    const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    const above = lines.slice(0, at).findLast((line) => line.trim() !== '');
    const isExcerpt = above?.trim() === '<!-- excerpt -->';
    fences.push({ language, name, code: code.join('\n'), line: at + 2, isExcerpt });
    at = end;
  }
  return fences;
}

/** The `sh` blocks of a page that are to be run, in order. */
export function commandsOf(markdown: string): Command[] {
  const fences = fencesOf(markdown);
  return fences.flatMap(({ language, code, line, isExcerpt }, index) => {
    if (language !== 'sh' || isExcerpt) return [];
    const next = fences[index + 1];
    return [{ code, line, shown: next?.language === 'text' ? next.code : '' }];
  });
}

/** A text without its white space, and with its ids, times and numbers all alike. */
const alike = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\d+/g, 'N')
    .replace(/\s+/g, '');

/** The parts of what a page shows that are not in what was printed. Ids, times, numbers and their order may differ. */
export function missingIn(printed: string, shown: string): string[] {
  const found = alike(printed);
  return shown.split('…').filter((part) => !found.includes(alike(part)));
}
