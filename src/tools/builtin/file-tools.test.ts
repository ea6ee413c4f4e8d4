// What the tools of files give and do, in a workspace as it is meant to be.
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endOf, toolsOf } from '../../../test/support/tool-calls.js';
import { makeFolder } from '../../../test/support/workspace.js';

const oneLine = 'x'.repeat(3000);

describe('read_file', () => {
  const workspace = makeFolder({
    'five.txt': 'one\ntwo\nthree\nfour\nfive\n',
    'open-end.txt': 'one\r\ntwo',
    'empty.txt': '',
    'long.txt': `${Array.from({ length: 100 }, (_, n) => `line ${n + 1} "quoted" and long enough`).join('\n')}\n`,
    'one-line.txt': oneLine,
    'unicode.txt': 'åß∂ 🙂\n',
  });
  const call = toolsOf({ workspace });
  const brief = toolsOf({ workspace, env: { PULLCORD_TOOL_RESULT_BYTES: '10000' } });
  const least = toolsOf({ workspace, env: { PULLCORD_TOOL_RESULT_BYTES: '1024' } });

  it.each([
    [{}, { first_line: 1, last_line: 5, content: 'one\ntwo\nthree\nfour\nfive\n' }],
    [
      { first_line: 2, last_line: 3 },
      { first_line: 2, last_line: 3, content: 'two\nthree\n' },
    ],
    [{ first_line: 4 }, { first_line: 4, last_line: 5, content: 'four\nfive\n' }],
    [
      { first_line: 5, last_line: 99 },
      { first_line: 5, last_line: 5, content: 'five\n' },
    ],
  ])('gives the lines that are asked for: %j', async (lines, expected) => {
    const { result } = await call('read_file', { path: 'five.txt', ...lines });
    expect(result).toEqual({ path: 'five.txt', total_lines: 5, ...expected });
  });

  it.each([
    ['open-end.txt', 2, 'one\r\ntwo'],
    ['empty.txt', 0, ''],
    ['unicode.txt', 1, 'åß∂ 🙂\n'],
    ['./unicode.txt', 1, 'åß∂ 🙂\n'],
  ])('gives %s as it is', async (path, total_lines, content) => {
    expect((await call('read_file', { path })).result).toMatchObject({ total_lines, content });
  });

  it.each([{ first_line: 6 }, { first_line: 3, last_line: 2 }])('has no such lines as %j', async (lines) => {
    expect(endOf(await call('read_file', { path: 'five.txt', ...lines }))).toBe('no_such_lines');
  });

  it.each([
    { path: '' },
    { first_line: 0 },
    { path: 'a', last_line: -1 },
    { path: 'a', first_line: 1.5 },
    {},
  ])('is not asked with %j', async (args) => {
    expect(endOf(await call('read_file', args))).toBe('invalid_arguments');
  });

  it('says how to go on where not all fits, until all is read', async () => {
    let read = '';
    let first_line = 1;
    for (let calls = 0; first_line <= 100; calls++) {
      expect(calls).toBeLessThan(100);
      const { result } = await brief('read_file', { path: 'long.txt', first_line });
      expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(10_000);
      const { content, last_line, note } = result as { content: string; last_line: number; note?: string };
      expect(note === undefined).toBe(last_line === 100);
      if (note)
        expect(note).toBe(
          `Lines ${last_line + 1} to 100 were left out; go on with first_line ${last_line + 1}.`,
        );
      read += content;
      first_line = last_line + 1;
    }
    expect(read).toBe(readFileSync(join(workspace, 'long.txt'), 'utf8'));
  });

  it('gives the beginning of a line that is too long by itself', async () => {
    const { result } = await least('read_file', { path: 'one-line.txt' });
    expect(result).toMatchObject({
      content: 'x'.repeat(510),
      note: 'Line 1 is longer than what fits; this is its beginning.',
    });
  });
});

describe('list_directory', () => {
  const workspace = makeFolder({ 'b.txt': '12345', 'a/x.txt': '1', '.hidden': '' });

  it('shows names, types and sizes, by name', async () => {
    expect((await toolsOf({ workspace })('list_directory', {})).result).toEqual({
      path: '.',
      entries: [
        { name: '.hidden', type: 'file', bytes: 0 },
        { name: 'a', type: 'folder' },
        { name: 'b.txt', type: 'file', bytes: 5 },
      ],
    });
    const { result } = await toolsOf({ workspace })('list_directory', { path: 'a' });
    expect(result).toEqual({ path: 'a', entries: [{ name: 'x.txt', type: 'file', bytes: 1 }] });
  });

  it('shows only so many, and says so', async () => {
    const call = toolsOf({ workspace, env: { PULLCORD_LIST_MAX_ENTRIES: '2' } });
    const { result } = await call('list_directory', {});
    expect(result).toMatchObject({ note: expect.stringContaining('more than these 2') as string });
    expect((result as { entries: object[] }).entries).toHaveLength(2);
  });
});

describe('search_files', () => {
  const workspace = makeFolder({
    'readme.md': 'A lease is a promise.\nIt lapses.\n',
    'src/lease.ts': 'const lease = 1;\r\nexport { lease };\n',
    'src/deep/er/lease.test.ts': '// LEASE\n',
    'src/a b[1].ts': 'x',
    'node_modules/p/lease.ts': 'lease',
    '.git/config': 'lease',
    'picture.png': Buffer.from([0, 108, 101, 97, 115, 101]),
    'wide.txt': `${'w'.repeat(5000)}lease`,
  });
  const search = toolsOf({ workspace });
  const files = async (args: object): Promise<readonly string[]> =>
    ((await search('search_files', args)).result as { files: readonly string[] }).files;
  const lines = async (args: object): Promise<readonly string[]> =>
    (
      (await search('search_files', args)).result as {
        matches: readonly { path: string; line: number; text: string }[];
      }
    ).matches.map(({ path, line, text }) => `${path}:${line} ${text}`);

  it.each([
    ['*.ts', ['src/a b[1].ts', 'src/lease.ts', 'src/deep/er/lease.test.ts']],
    ['**/*.test.ts', ['src/deep/er/lease.test.ts']],
    ['src/*.ts', ['src/a b[1].ts', 'src/lease.ts']],
    ['src/**', ['src/a b[1].ts', 'src/lease.ts', 'src/deep/er/lease.test.ts']],
    ['src/**/lease*', ['src/lease.ts', 'src/deep/er/lease.test.ts']],
    ['./src/*.ts', ['src/a b[1].ts', 'src/lease.ts']],
    ['*.{md,png}', ['picture.png', 'readme.md']],
    ['le?se.ts', ['src/lease.ts']],
    ['[k-m]ease.ts', ['src/lease.ts']],
    ['[!a-k]ease.ts', ['src/lease.ts']],
    ['a b\\[1\\].ts', ['src/a b[1].ts']],
    ['a b[[]1].ts', ['src/a b[1].ts']],
    ['*.TS', []],
    ['ts', []],
    ['..', []],
    ['/etc/*', []],
    ['../**', []],
  ])('finds files by the glob %s', async (glob, expected) => {
    expect(await files({ glob })).toEqual(expected);
  });

  it('finds lines, by a text, in any case, by a pattern, in some files', async () => {
    expect(await lines({ text: 'lease' })).toEqual([
      'readme.md:1 A lease is a promise.',
      'src/lease.ts:1 const lease = 1;',
      'src/lease.ts:2 export { lease };',
    ]);
    expect(await lines({ text: 'lease', ignore_case: true, glob: '*.test.ts' })).toEqual([
      'src/deep/er/lease.test.ts:1 // LEASE',
    ]);
    expect(await lines({ text: '^\\w+ lapses', is_regex: true })).toEqual(['readme.md:2 It lapses.']);
    expect(await lines({ text: 'L[A-Z]+', is_regex: true, ignore_case: true, path: 'src/deep' })).toEqual([
      'src/deep/er/lease.test.ts:1 // LEASE',
    ]);
    expect(await lines({ text: '.', path: 'src/deep' })).toEqual([]);
  });

  it('passes over .git and node_modules unless they are wanted', async () => {
    expect(await files({ glob: '{config,lease.ts}', everything: true })).toEqual([
      '.git/config',
      'node_modules/p/lease.ts',
      'src/lease.ts',
    ]);
  });

  it.each([
    [{}, 'invalid_arguments'],
    [{ text: '' }, 'invalid_arguments'],
    [{ text: 'a\nb' }, 'invalid_pattern'],
    [{ text: '(', is_regex: true }, 'invalid_pattern'],
    [{ text: '(?=a)', is_regex: true }, 'invalid_pattern'],
    [{ text: '(a)\\1', is_regex: true }, 'invalid_pattern'],
    [{ glob: '{a' }, 'invalid_pattern'],
    [{ glob: '[z-a]' }, 'invalid_pattern'],
    [{ glob: '*', path: 'nowhere' }, 'not_found'],
  ])('refuses %j', async (args, code) => {
    expect(endOf(await search('search_files', args))).toBe(code);
  });

  it.each([
    ['PULLCORD_SEARCH_MAX_MATCHES', '1', { glob: '*.ts' }, 'There is more than these 1.'],
    ['PULLCORD_SEARCH_MAX_ENTRIES', '3', { glob: '*' }, 'Only the first 3 files and folders were looked at.'],
    ['PULLCORD_SEARCH_MAX_DEPTH', '1', { glob: '*.ts' }, 'Folders deeper than 1 were left out.'],
    ['PULLCORD_SEARCH_MAX_BYTES', '50', { text: 'nothing' }, 'Only 50 bytes were read.'],
    ['PULLCORD_TOOL_RESULT_BYTES', '1024', { glob: '*' }, 'There is more than these'],
  ])('is bounded by %s, and says so', async (name, value, args, note) => {
    const outcome = await toolsOf({ workspace, env: { [name]: value } })('search_files', args);
    expect(outcome).toMatchObject({
      execution_status: 'success',
      result: { note: expect.stringContaining(note) as string },
    });
  });
});

describe('a pattern that is a trap', () => {
  const workspace = makeFolder({
    [`${'a'.repeat(200)}.txt`]: `${`${'a'.repeat(4000)}!\n`.repeat(20)}`,
  });
  const call = toolsOf({ workspace });

  it.each([
    ...[
      '(a+)+$',
      '(a|aa)+$',
      '(a|a)*b',
      '(.*a){20}b',
      '([a-z]+)*\\d',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
      'a*a*a*a*a*a*a*a*b',
    ],
    ...[
      '(a?){500}b',
      '(.*)(.*)(.*)(.*)(.*)b',
      '(((a{10}){10}){9})b',
      '[[:alpha:]]*?[[:alpha:]]*?x',
      '(?:(?:(?:a*)*)*)*b',
    ],
  ])('%s ends without a match', async (text) => {
    const { result } = await call('search_files', { text, is_regex: true });
    expect(result).toEqual({ matches: [], files_searched: 1 });
  });

  it.each([
    ...[
      '((a{100}){100}){100}',
      'a{1000000}',
      `${'('.repeat(2000)}a${')'.repeat(2000)}`,
      'a'.repeat(5000),
      '[',
      '\\8',
    ],
  ])('%.20s is refused', async (text) => {
    expect(endOf(await call('search_files', { text, is_regex: true }))).toBe('invalid_pattern');
  });

  it.each([
    ...[
      '*a*a*a*a*a*a*a*a*a*a*a*b',
      '**/**/**/**/**/**/**/b',
      '?*?*?*?*?*?*?*b',
      `${'{a,aa}'.repeat(30)}b`,
      '+(+(+(a)))b',
    ],
    ...[
      '{a..z}{1..100000000}',
      '!(!(!(a)))',
      '{'.repeat(10) + 'a' + '}'.repeat(10),
      '[a-z]*[a-z]*[a-z]*[a-z]*b',
    ],
  ])('the glob %.30s ends without a file', async (glob) => {
    expect((await call('search_files', { glob })).result).toEqual({ files: [] });
  });

  it('is stopped at the time limit, and gives what it has', async () => {
    const many = makeFolder(
      Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`${n}.txt`, 'line\n'.repeat(2000)])),
    );
    const call = toolsOf({ workspace: many, env: { PULLCORD_TOOL_TIMEOUTS: 'search_files=1' } });
    const outcome = await call('search_files', { text: '(x+x+)+y', is_regex: true });
    expect(outcome).toMatchObject({
      execution_status: 'timeout',
      result: { matches: [], note: expect.stringContaining('The search was stopped.') as string },
    });
  });
});

describe('write_file', () => {
  it('makes a file with its folders, and replaces it as a whole', async () => {
    const workspace = makeFolder({ 'run.sh': '#!/bin/sh\n' });
    chmodSync(join(workspace, 'run.sh'), 0o750);
    const call = toolsOf({ workspace });
    const content = 'å\r\n🙂';
    expect((await call('write_file', { path: 'new/folder/a.txt', content })).result).toEqual({
      path: 'new/folder/a.txt',
      created: true,
      bytes: 8,
    });
    expect(readFileSync(join(workspace, 'new/folder/a.txt'), 'utf8')).toBe(content);
    expect((await call('write_file', { path: 'run.sh', content: '' })).result).toMatchObject({
      created: false,
    });
    expect(readFileSync(join(workspace, 'run.sh'), 'utf8')).toBe('');
    expect(statSync(join(workspace, 'run.sh')).mode & 0o777).toBe(0o750);
    expect(readdirSync(workspace, { recursive: true }).sort()).toEqual([
      'new',
      'new/folder',
      'new/folder/a.txt',
      'run.sh',
    ]);
  });

  it('shows readers the old content or the new, and nothing between', async () => {
    const workspace = makeFolder({ 'a.txt': 'a'.repeat(100_000) });
    const call = toolsOf({ workspace });
    let isDone = false;
    const writes = (async () => {
      for (const letter of 'bcdefghij')
        await call('write_file', { path: 'a.txt', content: letter.repeat(100_000) });
      isDone = true;
    })();
    while (!isDone) {
      const { result } = await call('read_file', { path: 'a.txt' });
      expect((result as { content: string }).content).toMatch(/^([a-j])\1{99999}$/);
    }
    await writes;
  });

  it('leaves the file as it was, and no draft, when it cannot be written', async () => {
    const workspace = makeFolder({ 'a.txt': 'as it was', 'folder/x.txt': '' });
    const call = toolsOf({ workspace, env: { PULLCORD_FILE_MAX_BYTES: '10' } });
    const refused = [
      await call('write_file', { path: 'a.txt', content: 'x'.repeat(11) }),
      await call('write_file', { path: 'folder', content: 'x' }),
      await call('write_file', { path: 'a.txt/b', content: 'x' }),
      await call('write_file', { path: '.', content: 'x' }),
    ];
    expect(refused.map(endOf)).toEqual(['file_too_large', 'not_a_file', 'path_not_allowed', 'not_a_file']);
    expect(readFileSync(join(workspace, 'a.txt'), 'utf8')).toBe('as it was');
    expect(readdirSync(workspace, { recursive: true }).sort()).toEqual(['a.txt', 'folder', 'folder/x.txt']);
  });
});

describe('edit_file', () => {
  const text = '\ufeffone\r\ntwo $& two\r\nthree\r\n';
  const edit = async (old_text: string, new_text: string) => {
    const workspace = makeFolder({ 'a.txt': text });
    const outcome = await toolsOf({ workspace })('edit_file', { path: 'a.txt', old_text, new_text });
    return { outcome, after: readFileSync(join(workspace, 'a.txt'), 'utf8') };
  };

  it.each([
    ['three', "$& $1 $' $`", 3],
    ['one\r\n', '', 1],
    ['two $& two', 'two', 2],
    ['\r\nthree\r\n', '\nthree', 2],
  ])('puts %j in the place of %j, to the letter', async (old_text, new_text, line) => {
    const { outcome, after } = await edit(old_text, new_text);
    expect(outcome.result).toEqual({ path: 'a.txt', line });
    expect(after).toBe(text.split(old_text).join(new_text));
  });

  it.each([
    ['four', 'text_not_found'],
    ['THREE', 'text_not_found'],
    ['one\ntwo', 'text_not_found'],
    ['two', 'text_not_unique'],
    ['\r\n', 'text_not_unique'],
    ['', 'invalid_arguments'],
  ])('leaves the file alone for %j: %s', async (old_text, code) => {
    const { outcome, after } = await edit(old_text, 'new');
    expect(endOf(outcome)).toBe(code);
    expect(after).toBe(text);
  });

  it('takes pieces that lie over each other for more than one', async () => {
    const workspace = makeFolder({ 'a.txt': 'aaa' });
    const outcome = await toolsOf({ workspace })('edit_file', {
      path: 'a.txt',
      old_text: 'aa',
      new_text: 'b',
    });
    expect(endOf(outcome)).toBe('text_not_unique');
  });

  it('does not make a file larger than files may be', async () => {
    const workspace = makeFolder({ 'a.txt': 'small' });
    const call = toolsOf({ workspace, env: { PULLCORD_FILE_MAX_BYTES: '10' } });
    const outcome = await call('edit_file', { path: 'a.txt', old_text: 'small', new_text: 'x'.repeat(11) });
    expect(endOf(outcome)).toBe('file_too_large');
  });

  it('of many at once undoes none', async () => {
    const words = Array.from({ length: 20 }, (_, n) => `word-${n}.`);
    const workspace = makeFolder({ 'a.txt': words.join(' ') });
    const call = toolsOf({ workspace });
    const ends = await Promise.all(
      words.map((old_text) => call('edit_file', { path: 'a.txt', old_text, new_text: 'x' })),
    );
    const after = readFileSync(join(workspace, 'a.txt'), 'utf8');
    const done = ends.filter(({ execution_status }) => execution_status === 'success').length;
    expect(after.match(/x/g)).toHaveLength(done);
    expect(ends.map(endOf).filter((end) => end !== 'success' && end !== 'changed_meanwhile')).toEqual([]);
  });
});

it('current_time gives the time in UTC, and in a time zone', async () => {
  const call = toolsOf({});
  expect((await call('current_time', {})).result).toEqual({
    utc: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
  });
  expect((await call('current_time', { time_zone: 'Asia/Tokyo' })).result).toMatchObject({
    time_zone: 'Asia/Tokyo',
    local_time: expect.stringMatching(/GMT\+9|JST/) as string,
  });
  expect(endOf(await call('current_time', { time_zone: 'Mars/Olympus' }))).toBe('unknown_time_zone');
});

it('tools of files need a workspace, and one that is still allowed', async () => {
  const call = toolsOf({});
  expect(endOf(await call('read_file', { path: 'a.txt' }))).toBe('no_workspace');
  const folder = makeFolder({ 'a.txt': '' });
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub/a.txt'), 'x');
  const narrowed = toolsOf({ workspace: folder, env: { PULLCORD_WORKSPACE_ROOTS: join(folder, 'sub') } });
  expect(endOf(await narrowed('read_file', { path: 'a.txt' }))).toBe('workspace_not_allowed');
});
