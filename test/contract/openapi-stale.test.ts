import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { call } from '../support/http.js';
import { documentText } from '../support/openapi-document.js';
import { startServer } from '../support/server.js';

const script = fileURLToPath(new URL('../../scripts/openapi.mjs', import.meta.url));

it('is what the code says; if not, run npm run openapi and commit what it writes', async () => {
  const checked = promisify(execFile)(process.execPath, [script, '--check']).then(
    () => 'up to date',
    (error: { readonly stderr?: string }) => error.stderr,
  );
  expect(await checked).toBe('up to date');
});

it('is what the server serves', async () => {
  const server = await startServer({ dialect: 'sqlite' });
  const response = await fetch(`${server.url}/openapi.json`);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await response.text()).toBe(documentText);
  const { body } = await call<{ links: { openapi: string } }>('GET', `${server.url}/`);
  expect(body.links.openapi).toBe('/openapi.json');
});
