// A Vitest reporter that only counts. It writes what it counted to the file that PULLCORD_TEST_COUNTS names.
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, projects: {} };
    for (const module of modules) countModule(module, counts);
    writeFileSync(process.env.PULLCORD_TEST_COUNTS, JSON.stringify(counts));
  }
}

function countModule(module, counts) {
  const suites = [module, ...module.children.allSuites()];
  // A file that cannot be read, a hook that throws: what is inside was never run, which is one failure each.
  let ran = suites.filter((suite) => suite.errors().length > 0).length;
  counts.failed += ran;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed' || state === 'failed') ran++;
    counts[state === 'pending' ? 'failed' : state]++;
  }
  const { name } = module.project;
  counts.projects[name] = (counts.projects[name] ?? 0) + ran;
}
