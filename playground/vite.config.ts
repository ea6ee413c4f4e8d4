import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const client = (file: string): string => fileURLToPath(new URL(`../client/src/${file}.ts`, import.meta.url));

export default defineConfig({
  // Relative, so that the page also works below a path that a proxy adds.
  base: './',
  esbuild: { jsx: 'automatic' },
  resolve: {
    // Straight from the sources of the public entries: one build, and nothing that is not public can be named.
    alias: [
      { find: /^@pullcord\/client$/, replacement: client('index') },
      { find: /^@pullcord\/client\/(api|react)$/, replacement: client('$1') },
    ],
  },
  build: { emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
});
