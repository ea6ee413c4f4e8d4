#!/usr/bin/env node
// The `pullcord` program. Node alone can run this file: it finds what was compiled, and hands over to it.
import { existsSync } from 'node:fs';

const [command, ...others] = process.argv.slice(2);
const program = new URL('../dist/src/cli/pullcord.js', import.meta.url);

// As `npm start` does: what is missing or stale is installed and compiled first.
if (command === 'start' && others.length === 0) await import('../scripts/start.mjs');
// Not so here: a backup must not change the program of a server that is running.
else if (existsSync(program)) await import(program.href);
else {
  process.stderr.write('Pullcord is not compiled yet; `npm run build` does it, and so does `npm start`.\n');
  process.exitCode = 1;
}
