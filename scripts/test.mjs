// npm test: prepares the checkout, checks it statically, runs every suite, and ends with a line that adds it all up.
// Arguments narrow it: names of suites, and parts of file names (`npm test -- e2e-sqlite send`).
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStatically } from './check.mjs';
import { prepare } from './prepare.mjs';
import { readOr, root, run, say, tool } from './run.mjs';

/** Each suite, and the folder its files are in. */
const suites = {
  unit: 'src',
  'e2e-sqlite': 'test/e2e',
  'e2e-postgres': 'test/e2e',
  contract: 'test/contract',
  faults: 'test/faults',
  browser: 'test/browser',
};

const wanted = process.argv.slice(2);
const filters = wanted.filter((word) => !(word in suites));
const named = wanted.filter((word) => word in suites);
const chosen = named.length > 0 ? named : Object.keys(suites);

const { passed, failed } = await prepare().then(runAll, notPrepared);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function runAll() {
  const failedChecks = wanted.length > 0 ? [] : await checkStatically();
  const { passed, failed } = await runSuites();
  return { passed, failed: failed + failedChecks.length };
}

function notPrepared(error) {
  say(error.message);
  return { passed: 0, failed: 1 };
}

/** One Vitest for all suites, so that its workers are never idle while there is something left to run. */
async function runSuites() {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-counts-'));
  const file = join(folder, 'counts.json');
  const args = [
    'run',
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=./scripts/count-reporter.mjs',
    ...chosen.map((name) => `--project=${name}`),
    ...filters,
  ];
  try {
    const { code } = await run(tool(root, 'vitest/vitest.mjs', ...args), {
      cwd: root,
      // CI: a snapshot that is not there fails instead of being written.
      env: { CI: 'true', PULLCORD_TEST_COUNTS: file },
      show: true,
    });
    return addUp(code, JSON.parse(readOr(file, 'null')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function addUp(code, counts) {
  if (!counts) {
    say('The test run ended without a result.');
    return { passed: 0, failed: 1 };
  }
  let { failed } = counts;
  const complain = (line) => {
    say(line);
    failed++;
  };
  // Beside a failure they are what a broken hook left undone.
  if (counts.skipped > 0 && failed === 0) complain(`${counts.skipped} tests were skipped; every test runs.`);
  if (filters.length === 0)
    for (const name of chosen)
      if (hasFiles(suites[name]) && !counts.projects[name])
        complain(`${name} has files, but none of its tests ran.`);
  // Something that is no test: a set-up that failed, a process that was left behind.
  if (code !== 0 && failed === 0) complain(`Vitest ended with code ${code}.`);
  return { passed: counts.passed, failed };
}

function hasFiles(folder) {
  const path = join(root, folder);
  return existsSync(path) && readdirSync(path, { recursive: true }).some((file) => file.endsWith('.test.ts'));
}
