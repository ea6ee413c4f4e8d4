// What the pages in docs say is so: their commands run, their links and file names exist, their rules are numbered.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandsOf, fencesOf, missingIn, pages, readPage, root } from '../support/pages.js';
import { startServer, type TestServer } from '../support/server.js';
import { Terminal } from '../support/terminal.js';
import { until } from '../support/until.js';

const inDocs = pages.filter((page) => page.startsWith('docs/'));
const withCommands = inDocs.filter((page) => commandsOf(readPage(page)).length > 0);

describe('the commands of', () => {
  let server: TestServer;
  let folder = '';
  let terminal: Terminal | undefined;
  beforeAll(async () => {
    server = await startServer({ dialect: 'sqlite' });
    folder = mkdtempSync(join(tmpdir(), 'pullcord-docs-'));
  });
  afterAll(async () => {
    await terminal?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(withCommands)('%s run, and print what it shows', async (page) => {
    await terminal?.close();
    terminal = new Terminal(folder, {});
    for (const { code, line, shown } of commandsOf(readPage(page))) {
      const before = terminal.printed.length;
      await terminal.run(code.replaceAll('http://127.0.0.1:3000', server.url));
      const printed = terminal.printed.slice(before);
      expect({ at: `${page}:${line}`, printed, missing: missingIn(printed, shown) }).toEqual({
        at: `${page}:${line}`,
        printed,
        missing: [],
      });
    }
  });
});

describe.each(pages)('%s', (page) => {
  const markdown = readPage(page);
  /** Without its blocks of code, where a bracket is no link. */
  const prose = fencesOf(markdown).reduce((text, { code }) => text.replace(code, ''), markdown);

  it('has no link that leads nowhere', () => {
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !isThere(page, link))).toEqual([]);
  });

  it('names no file that is gone', () => {
    const files = [...markdown.matchAll(/[\w.@-]+(?:\/[\w.@-]+)+\.(?:ts|mjs|js|json|md)\b/g)].map(([f]) => f);
    const places = [root, join(root, 'src'), join(root, dirname(page))];
    const isNamed = (file: string): boolean => places.some((place) => existsSync(join(place, file)));
    expect(files.filter((file) => !isNamed(file))).toEqual([]);
  });

  it('is short enough to be read to its end', () => {
    const limit = page.startsWith('docs/decisions/2') ? 60 : 260;
    expect(markdown.split('\n').length).toBeLessThanOrEqual(limit);
  });

  it('marks what is no whole example', () => {
    const unnamed = fencesOf(markdown).filter(
      ({ language, isExcerpt, name }) => language === 'ts' && !isExcerpt && !name,
    );
    expect(unnamed.map(({ line }) => line)).toEqual([]);
  });
});

function isThere(page: string, link: string): boolean {
  if (/^https?:/.test(link)) return true;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(readFileSync(join(root, target), 'utf8')).includes(anchor);
}

/** As GitHub makes them of headings. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
