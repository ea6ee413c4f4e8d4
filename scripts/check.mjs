// npm run check: everything that can be said about the code without starting a server. Under 20 seconds.
import { join } from 'node:path';
import { prepareOrExit } from './prepare.mjs';
import { isProgram, root, run, say, tool } from './run.mjs';

/** What the tools remember of the last time, by content, so that it never hides anything. */
const memory = join(root, '.tmp');
const types = [
  '--noEmit',
  '-p',
  '.',
  '--incremental',
  '--tsBuildInfoFile',
  join(memory, 'types.tsbuildinfo'),
];
const format = ['--cache', '--cache-strategy', 'content', '--cache-location', join(memory, 'format')];
const arrows = ['--config', '.dependency-cruiser.mjs', 'src', 'migrations'];

/** The longest first, so that two at a time end together. */
const staticChecks = [
  ['lint', tool(root, 'eslint/bin/eslint.js', '--max-warnings', '0', '.')],
  ['types', tool(root, 'typescript/bin/tsc', ...types)],
  ['types of the client', tool(root, 'typescript/bin/tsc', '--noEmit', '-p', 'client')],
  ['types of the playground', tool(root, 'typescript/bin/tsc', '--noEmit', '-p', 'playground')],
  ['format', tool(root, 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', ...format, '.')],
  ['arrows', tool(root, 'dependency-cruiser/bin/dependency-cruise.mjs', ...arrows)],
];
/** Its files one after the other in two processes, which saves half the time; `npm test` gives each its own. */
const unit = ['run', '--project', 'unit', '--reporter', 'dot', '--no-isolate'];
const unitTests = ['unit tests', tool(root, 'vitest/vitest.mjs', ...unit)];

/** Runs the checks that need no test, says how each went, and gives the names of those that failed. */
export const checkStatically = () => checkAll(staticChecks);

/** Two at a time: one more would only wait for the others on a small machine. */
async function checkAll(checks) {
  const waiting = [...checks];
  const failed = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      if (!(await passes(next))) failed.push(next[0]);
  };
  await Promise.all([worker(), worker()]);
  return failed;
}

async function passes([name, command]) {
  const began = Date.now();
  const { code, output } = await run(command, { cwd: root, env: { CI: 'true' } });
  say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  if (code !== 0) say(output.trimEnd());
  return code === 0;
}

if (isProgram(import.meta)) {
  await prepareOrExit({ needsBuild: false });
  const failed = await checkAll([unitTests, ...staticChecks]);
  say(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
