// What a page has to load of the client library, React left out: measured as a page's bundler would make it.
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { root } from '../support/pages.js';

/** 12 KB, with the sharing of one stream among tabs. */
const budget = 12_288;

/** The bytes of an entry of the built package in one minified file, compressed. */
async function sizeOf(entry: string): Promise<number> {
  const results = await build({
    configFile: false,
    root,
    logLevel: 'silent',
    build: {
      write: false,
      minify: 'esbuild',
      target: 'es2022',
      modulePreload: false,
      rollupOptions: {
        input: join(root, 'client/dist', entry),
        external: ['react'],
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const files = [results].flat().flatMap((result) => ('output' in result ? result.output : []));
  const code = files.map((file) => (file.type === 'chunk' ? file.code : '')).join('');
  expect(code).toContain('/contexts/{context_id}/messages');
  return gzipSync(code, { level: 9 }).length;
}

it('is at most 12 KB', async () => {
  const size = await sizeOf('index.js');
  console.log(`@pullcord/client is ${size} of ${budget} bytes, minified and gzipped.`);
  expect(size).toBeLessThanOrEqual(budget);
});
