// node scripts/generate-client.mjs FOLDER: the calls of the client library, from openapi/openapi.json. They are made at
// every build and not kept in the repository, so that they can never say something else than the document.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { root } from './run.mjs';

const folder = process.argv[2];

await createClient({
  input: join(root, 'openapi/openapi.json'),
  output: { path: folder, tsConfigPath: join(root, 'client/tsconfig.json') },
  plugins: [
    '@hey-api/client-fetch',
    '@hey-api/typescript',
    { name: '@hey-api/sdk', client: false, auth: false },
  ],
  logs: { level: 'silent' },
});

// The calls go over the library's own way to a server, with its time limits and its token. The generator's would be
// a third of what a page has to load.
const calls = join(folder, 'sdk.gen.ts');
const before = readFileSync(calls, 'utf8');
const after = before.replace("from './client/index.js'", "from '../calls/api-client.js'");
if (after === before) throw new Error('The generated calls no longer import their client as they did.');
writeFileSync(calls, after);
for (const name of ['client', 'core', 'client.gen.ts', 'index.ts'])
  rmSync(join(folder, name), { recursive: true, force: true });
