// Ways out of a workspace: names that lead out of it, and links that do.
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

export type WayOut = readonly [path: string, code: string | RegExp];

const linksTo = (outside: string): Readonly<Record<string, string>> => ({
  'to-file': join(outside, 'secret.txt'),
  'to-folder': outside,
  'folder/up': '../..',
  'folder/relative': `../../${outside.split('/').at(-1)}/secret.txt`,
  dangling: join(outside, 'not-there'),
  'dangling-inside': 'not-there',
  circle: 'circle',
  'to-root': '/',
  'to-proc': '/proc/self',
  'to-zero': '/dev/zero',
  'link-of-link': 'to-folder',
  'inside-link': 'a.txt',
  'inside-folder': 'folder',
});

/** Puts links into a workspace that lead to this folder, to themselves, to devices, and to nothing. */
export function plantLinks(workspace: string, outside: string): void {
  for (const [name, target] of Object.entries(linksTo(outside))) symlinkSync(target, join(workspace, name));
}

const depth = '../'.repeat(12);
/** Every path, with what the refusal is when a file or a folder is read by it. */
export const waysOutOf = (workspace: string, outside: string): readonly WayOut[] => [
  ['..', 'path_not_allowed'],
  ['../', 'path_not_allowed'],
  [`${depth}etc/passwd`, 'path_not_allowed'],
  ['folder/../../secret.txt', 'path_not_allowed'],
  ['folder/..', 'path_not_allowed'],
  ['./././../a', 'path_not_allowed'],
  ['not-there/../../etc/passwd', 'path_not_allowed'],
  ['/etc/passwd', 'path_not_allowed'],
  ['//etc/passwd', 'path_not_allowed'],
  [join(outside, 'secret.txt'), 'path_not_allowed'],
  [workspace, 'path_not_allowed'],
  ['~', 'path_not_allowed'],
  ['~/.ssh/id_rsa', 'path_not_allowed'],
  ['~root/.profile', 'not_found'],
  ['$HOME/.profile', 'not_found'],
  ['a.txt\0.png', 'path_not_allowed'],
  ['\0', 'path_not_allowed'],
  ['a.txt\n', 'path_not_allowed'],
  ['\ud800', 'path_not_allowed'],
  ['..\\..\\etc\\passwd', 'path_not_allowed'],
  ['folder\\b.txt', 'path_not_allowed'],
  ['C:\\Windows\\win.ini', 'path_not_allowed'],
  ['c:/windows/win.ini', 'path_not_allowed'],
  ['\\\\server\\share', 'path_not_allowed'],
  ['file:///etc/passwd', /path_not_allowed|not_found/],
  ['%2e%2e/%2e%2e/etc/passwd', 'not_found'],
  ['..%2f..%2fetc/passwd', 'not_found'],
  ['%252e%252e%252f', 'not_found'],
  ['\u2025/\u2025/etc/passwd', 'not_found'],
  ['\uff0e\uff0e/etc/passwd', 'not_found'],
  ['\u2024\u2024/etc/passwd', 'not_found'],
  ['..\u2215..\u2215etc', 'not_found'],
  ['.../.../etc/passwd', 'not_found'],
  ['.. /.. /etc/passwd', 'not_found'],
  ['x'.repeat(256), 'path_not_allowed'],
  ['x/'.repeat(3000), 'path_not_allowed'],
  ['🙂'.repeat(64), 'path_not_allowed'],
  ['to-file', 'path_not_allowed'],
  ['to-folder', 'path_not_allowed'],
  ['to-folder/secret.txt', 'path_not_allowed'],
  ['to-folder/deep/secret.txt', 'path_not_allowed'],
  ['to-folder/not-there', 'path_not_allowed'],
  ['folder/up', 'path_not_allowed'],
  ['folder/up/etc/passwd', 'path_not_allowed'],
  ['folder/relative', 'path_not_allowed'],
  ['dangling', 'path_not_allowed'],
  ['dangling-inside', 'path_not_allowed'],
  ['circle', 'path_not_allowed'],
  ['circle/a', 'path_not_allowed'],
  ['to-root/etc/passwd', 'path_not_allowed'],
  ['to-proc/environ', 'path_not_allowed'],
  ['to-proc/root/etc/passwd', 'path_not_allowed'],
  ['to-proc/fd/0', 'path_not_allowed'],
  ['to-zero', 'path_not_allowed'],
  ['link-of-link/secret.txt', 'path_not_allowed'],
  ['A.TXT', 'not_found'],
  ['FOLDER/B.TXT', 'not_found'],
  ['a.txt/b', 'not_found'],
];

/** Every file in a folder, with what is in it. */
export const contentOf = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file, readFileSync(file, 'utf8')]);
