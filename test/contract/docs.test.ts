// What the pages in docs say is so: their commands run, their links and file names exist, their rules are numbered.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasOwnServer, runPage, startServerOf } from '../support/page-run.js';
import { blocksOf, fencesOf, pages, readPage, root } from '../support/pages.js';
import type { TestServer } from '../support/server.js';

const inDocs = pages.filter((page) => page.startsWith('docs/'));
const withBlocks = pages.filter((page) => page !== 'README.md' && blocksOf(readPage(page)).length > 0);

describe('what is shown in', () => {
  let shared: TestServer | undefined;
  const serverOf = async (page: string): Promise<TestServer> => {
    if (hasOwnServer(page)) return startServerOf(page);
    return (shared ??= await startServerOf(page));
  };

  it.each(withBlocks)(
    '%s runs, and prints what it shows',
    async (page) => {
      const server = await serverOf(page);
      await runPage(page, server);
      if (server !== shared && server.isRunning()) await server.stop();
      // A page may start the server again and again.
    },
    300_000,
  );
});

describe('what cannot be run here', () => {
  const notRun = pages.flatMap((page) =>
    fencesOf(readPage(page))
      .filter((fence) => fence.notRun !== undefined)
      .map((fence) => ({ page, ...fence })),
  );

  it('is no more than this, and says why', () => {
    expect(notRun.map(({ page, language, notRun: reason }) => `${page}, ${language}: ${reason}`)).toEqual([
      'README.md, sh: the blocks below start it, and this is one of the tests',
      'docs/guides/models.md, sh: logs in at GitHub',
      'docs/operations.md, sh: needs root and systemd',
      'docs/operations.md, sh: needs Docker',
      'docs/operations.md, sh: needs root and systemd',
      'docs/quickstart.md, sh: the README does, and goes on from there',
      'docs/quickstart.md, sh: changes a project of yours',
      'docs/reliability.md, sh: this is one of the tests',
    ]);
  });

  it.each(notRun)('$page:$line can be read by a shell', ({ language, code }) => {
    expect(language).toBe('sh');
    expect(spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
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
    // What is below /srv is the reader's.
    expect(files.filter((file) => !file.startsWith('srv/') && !isNamed(file))).toEqual([]);
  });

  it('is short enough to be read to its end', () => {
    const limit = page.startsWith('docs/decisions/2') ? 60 : 260;
    expect(markdown.split('\n').length).toBeLessThanOrEqual(limit);
  });

  it('names each piece of TypeScript', () => {
    const unnamed = fencesOf(markdown).filter(
      ({ language, name }) => /^tsx?$/.test(language) && !name.endsWith(`.${language}`),
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

describe('docs/architecture.md', () => {
  it('shows every room of src, on the step where its arrows have it', async () => {
    const rules = new URL('../../.dependency-cruiser.mjs', import.meta.url).href;
    const { staircase } = (await import(rules)) as { readonly staircase: readonly (readonly string[])[] };
    const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const steps = rooms.map(
      ({ name }) => `${staircase.findIndex((step) => step.includes(name)) + 1} ${name}`,
    );
    const shown = [...readPage('docs/architecture.md').matchAll(/^\| (\d+) +\| `([\w-]+)` /gm)];
    expect(shown.map(([, step, name]) => `${step} ${name}`).sort()).toEqual(steps.sort());
  });
});

describe('docs/decisions/README.md', () => {
  it('lists every decision by its title', () => {
    const decisions = inDocs.filter((page) => page.startsWith('docs/decisions/2'));
    const lines = decisions.map((page) => {
      const title = /^# (.*)$/m.exec(readPage(page))?.[1];
      return `- [${title}](${page.slice('docs/decisions/'.length)})`;
    });
    expect(readPage('docs/decisions/README.md').match(/^- .*$/gm)).toEqual(lines);
  });
});

describe('docs/protocol.md', () => {
  const rules = [...readPage('docs/protocol.md').matchAll(/^(?:## (\d+) |- \*\*(\d+\.\d+)\*\* )/gm)];
  const numbers = rules.map(([, section, rule]) => rule ?? `${section}.0`);

  it('numbers its rules without a gap', () => {
    const expected = numbers.map((_, at) => {
      const [section, rule] = (numbers[at - 1] ?? '0.0').split('.').map(Number);
      return numbers[at]?.endsWith('.0') ? `${(section ?? 0) + 1}.0` : `${section}.${(rule ?? 0) + 1}`;
    });
    expect(numbers.length).toBeGreaterThan(50);
    expect(numbers).toEqual(expected);
  });

  it('has each rule that code and tests cite', () => {
    const files = ['src', 'test', 'bench', 'client'].flatMap((folder) => sourcesIn(folder));
    const cited = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bprotocol (\d+\.\d+)/g)].map(([, rule = '']) => ({
        file,
        rule,
      })),
    );
    expect(cited.filter(({ rule }) => !numbers.includes(rule))).toEqual([]);
  });
});

function sourcesIn(folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(path, file));
}
