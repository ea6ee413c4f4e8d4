import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>>;
}

const scripts = (await import(new URL('../../scripts/complete-lock.mjs', import.meta.url).href)) as {
  missingEntries(lock: object): [path: string, entry: object][];
};
const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lock;

it('names the packages of every platform (else: node scripts/complete-lock.mjs)', () => {
  expect(scripts.missingEntries(lock).map(([path]) => path)).toEqual([]);
});

it('names no registry, but the folders of its own packages', () => {
  const resolved = Object.values(lock.packages).filter((entry) => entry.resolved);
  expect(resolved).toEqual([{ resolved: 'client', link: true }]);
});

it('is completed from the name and version that the wanting package gives', () => {
  const optionalDependencies = {
    '@swc/core-linux-arm64-musl': '1.2.3',
    'native-win32-x64-msvc': '1.2.3',
    here: '1.0.0',
  };
  const packages = {
    '': {},
    'node_modules/a/node_modules/b': { optionalDependencies, dev: true },
    'node_modules/a/node_modules/here': { version: '1.0.0' },
  };
  expect(scripts.missingEntries({ packages })).toEqual([
    [
      'node_modules/@swc/core-linux-arm64-musl',
      { version: '1.2.3', cpu: ['arm64'], dev: true, libc: ['musl'], optional: true, os: ['linux'] },
    ],
    [
      'node_modules/native-win32-x64-msvc',
      { version: '1.2.3', cpu: ['x64'], dev: true, optional: true, os: ['win32'] },
    ],
  ]);
});
