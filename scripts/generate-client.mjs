// node scripts/generate-client.mjs FOLDER: the calls of the client library, from openapi/openapi.json. They are made at
// every build and not kept in the repository, so that they can never say something else than the document.
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import { root } from './run.mjs';

await createClient({
  input: join(root, 'openapi/openapi.json'),
  output: { path: process.argv[2], tsConfigPath: join(root, 'client/tsconfig.json') },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
  logs: { level: 'silent' },
});
