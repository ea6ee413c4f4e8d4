import { expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

/** Not the warnings that hang on how busy the machine is. */
const warnings = ({ logs }: TestServer): unknown[] =>
  logs.filter(({ level, msg = '' }) => level === 'warn' && /PULLCORD_/.test(msg)).map(({ msg }) => msg);

it('says at the start, once and without its value, that a setting has no effect', async () => {
  const server = await startServer({ env: { PULLCORD_COMMAND_ENV: 'TOKEN=very-secret' } });
  expect(warnings(server)).toEqual([
    'PULLCORD_COMMAND_ENV has no effect: PULLCORD_TOOLS does not name run_command.',
  ]);
  expect(JSON.stringify(server.logs)).not.toContain('very-secret');
});

it('says nothing where all that is set has an effect', async () => {
  expect(warnings(await startServer({ env: { PULLCORD_DRAIN_MS: '5000' } }))).toEqual([]);
});
