import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

/** How the suites differ: the files, and the database that the servers under test use. */
interface Suite {
  readonly name: string;
  readonly include: readonly string[];
  readonly env?: Record<string, string>;
  /** Starts one PostgreSQL for the suite. */
  readonly postgres?: boolean;
}

const suites: readonly Suite[] = [
  {
    name: 'unit',
    include: ['src/**/*.test.ts', 'client/src/**/*.test.ts', 'playground/src/**/*.test.{ts,tsx}'],
  },
  { name: 'e2e-sqlite', include: ['test/e2e/**/*.test.ts'], env: { PULLCORD_TEST_DIALECT: 'sqlite' } },
  {
    name: 'e2e-postgres',
    include: ['test/e2e/**/*.test.ts'],
    env: { PULLCORD_TEST_DIALECT: 'postgres' },
    postgres: true,
  },
  { name: 'contract', include: ['test/{contract,support}/**/*.test.ts'], postgres: true },
  { name: 'faults', include: ['test/faults/**/*.test.ts'], postgres: true },
  { name: 'browser', include: ['test/browser/**/*.test.ts'] },
];

// swc, because esbuild does not write the decorator metadata that Nest injects by.
const plugins = [
  swc.vite({
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
  }),
];

export default defineConfig({
  test: {
    projects: suites.map(({ name, include, env = {}, postgres = false }) => ({
      plugins,
      test: {
        name,
        include: [...include],
        env,
        globalSetup: postgres ? ['test/support/postgres.ts'] : [],
        pool: 'forks',
        // Generous: no test may depend on how fast the machine is, so a time-out only ever ends a hang.
        testTimeout: 60_000,
        hookTimeout: 120_000,
      },
    })),
    maxWorkers: 2,
    minWorkers: 1,
  },
});
