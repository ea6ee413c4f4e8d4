import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';

const synced = vi.hoisted((): string[] => []);

vi.mock('node:fs', async (actual) => {
  const real = await actual<typeof fs>();
  const names = new Map<number, string>();
  return {
    ...real,
    openSync: (path: string, flags: string) => {
      const fd = real.openSync(path, flags);
      names.set(fd, path);
      return fd;
    },
    fsyncSync: (fd: number) => {
      real.fsyncSync(fd);
      synced.push(names.get(fd) ?? '');
    },
  };
});

// Another file's tests may have loaded it in this process before, with the real file system.
vi.resetModules();
const { makeFolder } = await import('./to-disk.js');

const top = fs.mkdtempSync(join(tmpdir(), 'pullcord-folder-'));
afterEach(() => void synced.splice(0));

describe('a folder that is made', () => {
  it('is durable by every name on the way to it, and its owner’s alone', () => {
    const folder = join(top, 'a', 'b', 'data');
    makeFolder(folder);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(synced).toEqual([join(top, 'a', 'b'), join(top, 'a'), top]);
  });

  it('costs nothing when it is there', () => {
    makeFolder(top);
    expect(synced).toEqual([]);
    fs.rmSync(top, { recursive: true });
  });
});
