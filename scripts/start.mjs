// npm start: prepare the checkout, then be the server. In this very process, so that signals, exit code and
// output are the server's own, and nothing stays in memory beside it.
import { prepareOrExit } from './prepare.mjs';

if (process.env.npm_lifecycle_event) endWithParent();
await prepareOrExit();
await import('../dist/src/main.js');

/** npm runs us through a shell, which dies of a SIGTERM to npm without passing it on: its end is our signal. */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
