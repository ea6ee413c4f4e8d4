// Every rule of .dependency-cruiser.mjs catches what it is there to catch, and lets the ordinary pass.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const rules = (await import(new URL('../../.dependency-cruiser.mjs', import.meta.url).href)) as {
  readonly staircase: readonly (readonly string[])[];
  readonly default: { readonly forbidden: readonly { readonly name: string }[] };
};

/** rule → a file that breaks it, and what that file imports. */
const broken: Readonly<Record<string, readonly [file: string, imports: string]>> = {
  'rooms-are-on-the-staircase': ['src/legacy/uses-attic.ts', '../attic/old.js'],
  'no-circles': ['src/runs/egg.ts', './hen.js'],
  'no-orphans': ['src/prompts/forgotten.ts', ''],
  'no-lost-imports': ['src/runs/lost.ts', './nowhere.js'],
  'pure-files-stay-pure': ['src/contexts/context-state.ts', '@nestjs/common'],
  'pure-files-do-no-io': ['src/providers/map-chunk.ts', 'node:fs'],
  'pure-files-use-pure-files': ['src/providers/retry-policy.ts', '../kernel/clock.js'],
  'only-some-touch-the-database': ['src/actions/delete-context.ts', 'typeorm'],
  'controllers-touch-no-store': ['src/messages/messages.controller.ts', './message.store.js'],
  'pulls-only-read': ['src/messages/messages.pull.ts', './message.store.js'],
  'gateway-touches-no-storage': ['src/gateway/shortcut.ts', '../storage/storage.js'],
  'servers-load-no-swagger': ['src/health/shown.ts', '@nestjs/swagger'],
  'only-who-wants-traces-loads-them': ['src/metrics/counted.ts', 'prom-client'],
  'source-does-not-know-tests': ['src/health/probe.ts', '../../test/support/until.js'],
  'source-needs-no-dev-packages': ['src/health/report.ts', 'vitest'],
};

/** More of the same rules: the other packages and suffixes that they name. */
const alsoBroken: readonly (readonly [rule: string, file: string, imports: string])[] = [
  ['pure-files-stay-pure', 'src/messages/message-kinds.ts', 'typeorm'],
  ['only-who-wants-traces-loads-them', 'src/runs/traced.ts', '@opentelemetry/api'],
  ['pure-files-use-pure-files', 'src/transfer/export-format.ts', '../messages/message.store.js'],
  ['only-some-touch-the-database', 'src/runs/runner.ts', 'better-sqlite3'],
  ['only-some-touch-the-database', 'src/runs/runs.controller.ts', 'pg'],
  ['only-down-from-messages', 'src/messages/to-neighbour-above.ts', '../streaming/chunk.store.js'],
  ['only-down-from-config', 'src/config/to-neighbour.ts', '../events/signals.js'],
  ['only-down-from-events', 'src/events/to-types-above.ts', 'type ../storage/storage.js'],
];

const allowed: readonly (readonly [file: string, imports: string])[] = [
  ['src/kernel/clock.ts', ''],
  ['src/events/signals.ts', '../kernel/clock.js'],
  ['src/storage/storage.ts', 'typeorm'],
  ['src/messages/message.store.ts', '../storage/storage.js'],
  ['src/messages/message.entity.ts', 'typeorm'],
  ['src/messages/message.store.test.ts', './message.store.js'],
  ['src/streaming/chunk.store.ts', '../messages/message.store.js'],
  ['src/streaming/block-format.ts', 'type ../messages/message.entity.js'],
  ['src/attic/old.ts', '../kernel/clock.js'],
  ['src/runs/hen.ts', './egg.js'],
  ['src/app.module.ts', './runs/hen.js'],
  ['src/health/pictured.ts', 'type @nestjs/swagger'],
  ['test/support/until.ts', ''],
];

const climbing = rules.staircase
  .flat()
  .map((room) => [`only-down-from-${room}`, `src/${room}/climbs.ts`] as const);

const folder = join(root, '.tmp');
let project = '';
const found = new Set<string>();

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  project = mkdtempSync(join(folder, 'arrows-'));
  write('package.json', JSON.stringify({ type: 'module', devDependencies: { vitest: '*' } }));
  write('tsconfig.json', JSON.stringify({ compilerOptions: { module: 'nodenext' } }));
  for (const [file, imports] of [
    ...Object.values(broken),
    ...alsoBroken.map(([, ...pair]) => pair),
    ...allowed,
  ])
    write(file, importing(imports));
  for (const [, file] of climbing) write(file, importing('../app.module.js'));
  for (const { from, rule } of await violations()) found.add(`${rule.name}: ${from}`);
}, 60_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

function write(file: string, content: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), content);
}

const importing = (imports: string): string => {
  if (!imports) return 'export const alone = true;\n';
  const [kind, from] = imports.startsWith('type ') ? ['import type', imports.slice(5)] : ['import', imports];
  return `${kind} * as used from '${from}';\nexport type Used = typeof used;\nexport const one = ${kind === 'import' ? 'used' : '1'};\n`;
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** As `npm run check` runs it, in the folder of the broken project. */
async function violations(): Promise<Violation[]> {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = ['--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', 'src'];
  const options = { cwd: project, maxBuffer: 50_000_000 };
  const { stdout } = await promisify(execFile)(process.execPath, [cruiser, ...args], options);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the arrows', () => {
  it.each(Object.entries(broken))('%s', (rule, [file]) => {
    expect([...found]).toContain(`${rule}: ${file}`);
  });

  it.each(alsoBroken)('%s, in %s', (rule, file) => {
    expect([...found]).toContain(`${rule}: ${file}`);
  });

  it.each(climbing)('%s', (rule, file) => {
    expect([...found]).toContain(`${rule}: ${file}`);
  });

  it.each(allowed)('let %s pass', (file) => {
    const circle = `no-circles: ${file}`;
    expect([...found].filter((violation) => violation.endsWith(`: ${file}`) && violation !== circle)).toEqual(
      [],
    );
  });

  it('are all shown to bite here', () => {
    const shown = new Set([...Object.keys(broken), ...climbing.map(([rule]) => rule)]);
    expect(rules.default.forbidden.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });
});
