// npm start: prepare the checkout, then be the server. In this very process, so that signals, exit code and
// output are the server's own, and nothing stays in memory beside it.
import { prepareOrExit } from './prepare.mjs';

await prepareOrExit();
await import('../dist/src/main.js');
