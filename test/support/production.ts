// A folder as ops/Dockerfile makes the one of its image: what its last stage copies, and of the packages only those that
// are no devDependencies.
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './pages.js';

export const dockerfile = readFileSync(join(root, 'ops/Dockerfile'), 'utf8');

/** What the image is given from here, as paths from the root. */
export const imagePaths: readonly string[] = [
  ...dockerfile.matchAll(/^COPY --from=\w+ \/app\/(\S+) (\S+)$/gm),
].map(([, source = '']) => source);

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/** Copies all of it into this folder; packages are links. */
export function makeImageIn(folder: string): void {
  for (const path of imagePaths) {
    if (path === 'node_modules') continue;
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  for (const [path, { dev, devOptional }] of Object.entries(packages)) {
    // Packages inside others come with these.
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || dev || devOptional) continue;
    if (!existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(root, path), join(folder, path));
  }
}
