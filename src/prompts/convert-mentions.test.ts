import { describe, expect, it } from 'vitest';
import { convertToMentions } from './convert-mentions.js';

/** A mention as `path`, or `path 10-20`. */
const mentionsIn = (text: string): readonly string[] =>
  convertToMentions(text).map(({ path, line_range }) =>
    line_range ? `${path} ${line_range.join('-')}` : path,
  );

const cases: Readonly<Record<string, readonly [text: string, ...mentions: string[]][]>> = {
  'a path': [
    ['@a.txt', 'a.txt'],
    ['Look at @src/main.ts and @docs/a.md', 'src/main.ts', 'docs/a.md'],
    ['@README', 'README'],
    ['@.env', '.env'],
    ['@./src/main.ts', './src/main.ts'],
    ['@src/', 'src/'],
    ['first\n@a.txt\nlast', 'a.txt'],
    ['@a.txt @b.txt @a.txt', 'a.txt', 'b.txt'],
    ['@app/[id]/page.tsx', 'app/[id]/page.tsx'],
    ['@app/(group)/page.tsx', 'app/(group)/page.tsx'],
    ['@logo@2x.png', 'logo@2x.png'],
    ['@a-b_c+d=e~f#g$h%i&j.txt', 'a-b_c+d=e~f#g$h%i&j.txt'],
  ],
  'lines of it': [
    ['@a.ts:10', 'a.ts 10-10'],
    ['@a.ts:10-20', 'a.ts 10-20'],
    ['@a.ts:20-10', 'a.ts 10-20'],
    ['@a.ts:10:5', 'a.ts 10-10'],
    ['@a.ts:10, and @a.ts:20-30.', 'a.ts 10-10', 'a.ts 20-30'],
    ['@a.ts and @a.ts:1', 'a.ts', 'a.ts 1-1'],
    ['@a.ts:', 'a.ts'],
    ['@a.ts:0', 'a.ts:0'],
    ['@a.ts:0-5', 'a.ts:0-5'],
    ['@a.ts:x', 'a.ts:x'],
    ['@a.ts:10-', 'a.ts:10-'],
    ['@a.ts:99999999999', 'a.ts:99999999999'],
  ],
  'what a sentence adds': [
    ['See @a.txt.', 'a.txt'],
    ['See @a.txt, please', 'a.txt'],
    ['Is it @a.txt?', 'a.txt'],
    ['It is @a.txt!!!', 'a.txt'],
    ['(see @a.txt)', 'a.txt'],
    ['(see @a.txt:3-4).', 'a.txt 3-4'],
    ['[@a.txt]', 'a.txt'],
    ['{@a.txt}', 'a.txt'],
    ['"@a.txt"', 'a.txt'],
    ['“@a.txt”', 'a.txt'],
    ["it's in '@a.txt'", 'a.txt'],
    ['**@a.txt**', 'a.txt'],
    ['<@a.txt>', 'a.txt'],
    ['@a.txt…', 'a.txt'],
    ['@a.txt|@b.txt', 'a.txt', 'b.txt'],
    ['well... @a.txt', 'a.txt'],
    ['(@f(x).txt)', 'f(x).txt'],
  ],
  'quotes around a path': [
    ['@"my file.txt"', 'my file.txt'],
    ["@'my file.txt'", 'my file.txt'],
    ['@"my file.txt":10-20', 'my file.txt 10-20'],
    ['@"my file.txt":7.', 'my file.txt 7-7'],
    ['@"a.txt:7"', 'a.txt 7-7'],
    ['@"what?*.txt"', 'what?*.txt'],
    ['@"no end.txt'],
    ['@""'],
    ['@"two\nlines"'],
  ],
  'other scripts': [
    ['@größe/übung.md', 'größe/übung.md'],
    ['@日本語/ファイル.txt を見て', '日本語/ファイル.txt'],
    ['見て@ファイル.txt', 'ファイル.txt'],
    ['「@ファイル.txt」を', 'ファイル.txt'],
    ['@a.txt、@b.txt。', 'a.txt', 'b.txt'],
    ['@مستند.txt', 'مستند.txt'],
    ['@🌦.txt', '🌦.txt'],
    ['é@a.txt'],
  ],
  'Windows paths': [
    [String.raw`@src\main.ts`, 'src/main.ts'],
    [String.raw`@src\main.ts:3`, 'src/main.ts 3-3'],
    [String.raw`@C:\Users\me\a.txt`, 'C:/Users/me/a.txt'],
    [String.raw`@C:\a.txt:10-20`, 'C:/a.txt 10-20'],
  ],
  'paths that lead out, which are told from nothing by the workspace': [
    ['@../secret.txt', '../secret.txt'],
    ['@/etc/passwd', '/etc/passwd'],
    ['@a/../../b', 'a/../../b'],
    ['@~/.ssh/id_rsa', '~/.ssh/id_rsa'],
  ],
  'no mention at all': [
    [''],
    ['no mention'],
    ['me@example.com'],
    ['first.last+tag@example.com'],
    ['x_@example.com'],
    ['git@github.com:owner/repo.git'],
    ['https://example.com/@me/post'],
    ['a@b@c'],
    ['@@a.txt'],
    [String.raw`\@a.txt`],
    ['@'],
    ['@ a.txt'],
    ['@...'],
    ['@.'],
    ['@~ 5 pm'],
    ['@/'],
    ['@\u0000a'],
    [`@${'a'.repeat(256)}`],
    [`@${'a/'.repeat(2048)}b`],
  ],
  code: [
    ['`@a.txt`'],
    ['``@a.txt ` @b.txt``'],
    ['`x` @a.txt `y`', 'a.txt'],
    ['```ts\n@Injectable()\n```'],
    ['~~~\n@a.txt\n~~~\n@b.txt', 'b.txt'],
    ['````\n```\n@a.txt\n````\n@b.txt', 'b.txt'],
    ['```\n@a.txt'],
    ['It costs 5` and @a.txt', 'a.txt'],
    ['``` inline ``` @a.txt', 'a.txt'],
    ['`two\nlines @a.txt`'],
    ['    ```\n@a.txt', 'a.txt'],
  ],
};

describe.each(Object.entries(cases))('%s', (_, rows) => {
  it.each(rows.map(([text, ...mentions]) => ({ text, name: text.slice(0, 60), mentions })))(
    '$name',
    ({ text, mentions }) => {
      expect(mentionsIn(text)).toEqual(mentions);
    },
  );
});

it.each([
  ['backticks of all lengths', Array.from({ length: 1000 }, (_, index) => '`'.repeat(index)).join(' ')],
  ['one backtick after another', '` `` '.repeat(100_000)],
  ['one @ after another', '@'.repeat(500_000)],
  ['a mention that never ends', `@${'a'.repeat(500_000)}`],
  ['brackets that nothing opens', `@a${')'.repeat(500_000)}`],
  ['quotes that nothing closes', '@"a '.repeat(100_000)],
  ['digits and colons', `@a${':1'.repeat(100_000)}`],
  ['fences', '```\n'.repeat(100_000)],
])('reads %s in linear time', (_, text) => {
  expect(convertToMentions(text).length).toBeLessThan(10);
});
