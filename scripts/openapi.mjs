// npm run openapi: writes openapi/openapi.json anew from the code. With --check it only says whether it is stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareOrExit } from './prepare.mjs';
import { readOr, root, say } from './run.mjs';

await prepareOrExit();
const { documentText } = await import('../dist/openapi/shape-document.js');
const file = join(root, 'openapi', 'openapi.json');
const text = await documentText();
const isStale = readOr(file, '') !== text;
if (process.argv.includes('--check')) {
  if (isStale) say('openapi/openapi.json is stale: run npm run openapi, and commit what it writes.');
  process.exitCode = isStale ? 1 : 0;
} else {
  if (isStale) writeFileSync(file, text);
  say(`openapi/openapi.json ${isStale ? 'was written anew' : 'is up to date'}.`);
}
