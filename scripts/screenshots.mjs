// npm run screenshots: takes the pictures in docs/images anew, of the playground as it is now. Look at them before they
// are committed.
import { prepareOrExit } from './prepare.mjs';
import { root, run, tool } from './run.mjs';

await prepareOrExit();
const { code } = await run(
  tool(root, 'vitest/vitest.mjs', 'run', '--project=browser', 'test/browser/screenshots.test.ts'),
  { cwd: root, env: { PULLCORD_SCREENSHOTS: 'keep' }, show: true },
);
process.exitCode = code;
