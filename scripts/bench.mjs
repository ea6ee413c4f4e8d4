// npm run bench: the built server, measured beside baselines. See docs/benchmarks.md.
//   npm run bench -- [--quick] [--profile] [part of a scenario's title …]
//   npm run bench -- --draw     writes the newest result into docs/
import { prepareOrExit } from './prepare.mjs';
import { say } from './run.mjs';

await prepareOrExit();
try {
  const { main } = await import('../bench/main.mjs');
  await main(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
