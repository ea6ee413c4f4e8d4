// What a page's bundler would make of some files: one script, with React and the client library in it.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from './pages.js';

/** Bundles `main.tsx` of these files, which are named without folders. */
export async function bundle(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-bundle-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
  try {
    const built = await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      mode: 'production',
      esbuild: { jsx: 'automatic' },
      build: { write: false, rollupOptions: { input: join(folder, 'main.tsx') } },
    });
    if (!('output' in built)) throw new Error('the bundler gave something else');
    return built.output[0].code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
