// The Markdown pages of the repository, and the fenced blocks in them. What the marks in a page mean:
//
//   ```sh             is run, in order, in one shell for the page (test/support/page-run.ts)
//   ```text           below one that is run: what that prints, with `…` for what is left out
//   ```ts name.ts     is compiled strictly; without an `export` it is a program, and run in its place like a block of sh;
//   ```tsx name.tsx   with one it is a module, which a test of its own exercises (test/contract/docs-examples.test.ts)
//   ```yaml some/name is written to that file of the page's folder before its server starts; so is any other language
//   <!-- server …     settings of the page's server, a NAME=value a line; it is then no other page's
//   <!-- before …     commands that the reader does not see, run before that server starts
//   <!-- sh …         commands that the reader does not see, run in their place
//   <!-- not run: …   the block below it is not run, for this reason; docs.test.ts lists them all
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Fence {
  readonly language: string;
  /** What stands after the language: the name of a file. */
  readonly name: string;
  readonly code: string;
  /** The line of its first row in the page, from 1. */
  readonly line: number;
  /** Why it is not run; undefined when it is. */
  readonly notRun?: string;
}

/** What is run of a page, and what the page shows of its output. */
export interface Block {
  readonly kind: 'sh' | 'program';
  readonly name: string;
  readonly code: string;
  readonly line: number;
  readonly shown: string;
}

/** README.md, the client's, and everything in docs, as paths from the root. */
export const pages: readonly string[] = [
  'README.md',
  ...(readdirSync(join(root, 'client')).includes('README.md') ? ['client/README.md'] : []),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
    .sort(),
];

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

/** All fences of a page in order, and its comments that are run, as if they were fences of that language. */
export function fencesOf(markdown: string): Fence[] {
  const lines = markdown.split('\n');
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', begin = '', language = '', name = ''] =
      /^( *)(`{3,}|<!-- (?=(?:sh|server|before)$))([\w-]*) *(.*)$/.exec(lines[at] ?? '') ?? [];
    if (!begin) continue;
    const isHidden = begin.startsWith('<');
    const last = isHidden ? '-->' : begin;
    const end = lines.findIndex((line, index) => index > at && line.trim() === last);
    if (end < 0) throw new Error(`The block of line ${at + 1} has no end.`);
    const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    const above = lines.slice(0, at).findLast((line) => line.trim() !== '');
    const [, notRun] = /^ *<!-- not run: (.*) -->$/.exec(above ?? '') ?? [];
    fences.push({ language, name, code: code.join('\n'), line: at + 2, ...(notRun && { notRun }) });
    at = end;
  }
  return fences;
}

const isTypeScript = ({ language }: Fence): boolean => language === 'ts' || language === 'tsx';
const isModule = ({ code }: Fence): boolean => /^export /m.test(code);

/** What of a page is to be run, in order. */
export function blocksOf(markdown: string): Block[] {
  const fences = fencesOf(markdown);
  return fences.flatMap((fence, index) => {
    const { language, name, code, line, notRun } = fence;
    if (notRun !== undefined) return [];
    const isProgram = isTypeScript(fence) && !isModule(fence);
    if (language !== 'sh' && !isProgram) return [];
    const next = fences[index + 1];
    const shown = next?.language === 'text' ? next.code : '';
    return [{ kind: isProgram ? 'program' : 'sh', name, code, line, shown }];
  });
}

export interface Example extends Fence {
  readonly page: string;
  readonly isModule: boolean;
}

/** All TypeScript of all pages. */
export const examples: readonly Example[] = pages.flatMap((page) =>
  fencesOf(readPage(page))
    .filter(isTypeScript)
    .map((fence) => ({ page, ...fence, isModule: isModule(fence) })),
);

/** The code of an example, by its name. */
export function exampleOf(name: string): string {
  const found = examples.find((example) => example.name === name);
  if (!found) throw new Error(`no page has an example ${name}`);
  return found.code;
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
