import { expect, it } from 'vitest';
import { childEnvironment } from './child-environment.js';

it('hands on what every program needs, and nothing that may be a secret', () => {
  const env = {
    PATH: '/bin',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    OPENAI_API_KEY: 'sk-1',
    DATABASE_URL: 'postgres://me:secret@db/x',
    PULLCORD_TOKENS: 'alice:one',
    NODE_OPTIONS: '--inspect',
    unset: undefined,
  };
  expect(childEnvironment(env)).toEqual({ PATH: '/bin', HOME: '/root', LC_ALL: 'C.UTF-8' });
});
