import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadSettings } from './load-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'pullcord-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('reads the file that PULLCORD_CONFIG names, and names it when it is wrong', () => {
  const path = join(folder, 'mine.yaml');
  writeFileSync(path, 'port: 4000\n');
  expect(loadSettings({ PULLCORD_CONFIG: path }).port).toBe(4000);
  writeFileSync(path, 'port: many\n');
  expect(() => loadSettings({ PULLCORD_CONFIG: path })).toThrow(`port in ${path} must be a whole number`);
});

it('needs no file, unless one was named', () => {
  expect(loadSettings({}).port).toBe(3000);
  expect(() => loadSettings({ PULLCORD_CONFIG: join(folder, 'gone.yaml') })).toThrow(
    'cannot be read (ENOENT)',
  );
});
