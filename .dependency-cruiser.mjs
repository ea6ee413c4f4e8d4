// The arrows of the house. A room uses lower steps only, never its neighbours and never a higher step;
// what lives in each room is in docs/concepts. A new room is a name on a step.
export const staircase = [
  ['kernel', 'telemetry'],
  ['config', 'events'],
  ['storage', 'http', 'providers', 'tools', 'prompts'],
  ['contexts', 'metering'],
  ['messages'],
  ['streaming', 'attachments'],
  ['runs'],
  [
    'actions',
    'retention',
    'tool-catalog',
    'workflows',
    'exchanges',
    'sessions',
    'search',
    'transfer',
    'subscriptions',
  ],
  ['gateway', 'legacy', 'health', 'pages', 'metrics'],
  ['ui-messages'],
  ['cli'],
];

const rooms = staircase.flat();
const anyOf = (names) => `(${names.join('|')})`;
const test = '\\.test\\.ts$';
const pureFiles = '(-(state|kinds|format|policy)|/(map|convert)-[^/]+)\\.ts$';
const databaseFiles = '^src/storage/|\\.(entity|store|pull)\\.ts$';
const databasePackages = ['typeorm', 'better-sqlite3', 'pg'];
const packages = (names) => `node_modules/(@types/)?${anyOf(names)}/`;

const stairs = staircase.flatMap((step, height) =>
  step.map((room) => ({
    name: `only-down-from-${room}`,
    comment: `${room} is on step ${height + 1}: it uses lower steps only, and none of its neighbours.`,
    from: { path: `^src/${room}/` },
    to: {
      path: `^src/(${anyOf(
        staircase
          .slice(height)
          .flat()
          .filter((name) => name !== room),
      )}/|[^/]+\\.ts$)`,
    },
  })),
);

const others = [
  {
    name: 'rooms-are-on-the-staircase',
    comment: 'A folder in src that is on no step: put its name on one.',
    from: {},
    to: { path: `^src/(?!${anyOf(rooms)}/)[^/]+/` },
  },
  {
    name: 'no-circles',
    comment: 'Two files that need each other are one file, or hide a third.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'Nobody uses it and it uses nothing: what is dead is deleted.',
    from: { orphan: true, path: '^src/', pathNot: test },
    to: {},
  },
  {
    name: 'no-lost-imports',
    comment: 'It leads nowhere.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'pure-files-stay-pure',
    comment: 'Rules and translations: no Nest, no database, no packages that do I/O, no Node.',
    from: { path: `^src/.*${pureFiles}` },
    to: { path: packages(['@nestjs', 'rxjs', 'fastify', '@fastify', 'undici', 'pino', ...databasePackages]) },
  },
  {
    name: 'pure-files-do-no-io',
    comment: 'Rules and translations: time, ids and randomness come in as arguments.',
    from: { path: `^src/.*${pureFiles}` },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'pure-files-use-pure-files',
    comment:
      'Rules and translations do not reach what touches the world, nor the clock; its types they may name.',
    from: { path: `^src/.*${pureFiles}` },
    to: {
      path: '\\.(controller|service|store|pull|entity|module)\\.ts$|^src/(storage/|kernel/clock\\.ts$)',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'only-some-touch-the-database',
    comment: 'storage, *.entity, *.store and *.pull; everyone else goes through them.',
    from: { path: '^src/', pathNot: [databaseFiles, test] },
    to: { path: packages(databasePackages) },
  },
  {
    name: 'controllers-touch-no-store',
    comment: 'A controller calls an action, a service or a pull.',
    from: { path: '\\.controller\\.ts$' },
    to: { path: '\\.store\\.ts$' },
  },
  {
    name: 'pulls-only-read',
    comment: 'A pull reads on the read-only connection and nothing else.',
    from: { path: '\\.pull\\.ts$' },
    to: { path: '\\.(store|service|controller)\\.ts$' },
  },
  {
    name: 'gateway-touches-no-storage',
    comment: 'The gateways speak to the core as any client would.',
    from: { path: '^src/gateway/' },
    to: { path: '^src/storage/|\\.(store|entity)\\.ts$' },
  },
  {
    name: 'servers-load-no-swagger',
    comment: 'Its decorators wait in http/documented.ts until somebody makes the OpenAPI document.',
    from: { path: '^src/', pathNot: ['^src/http/documented\\.ts$', test] },
    to: { path: packages(['@nestjs/swagger']), dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'only-who-wants-traces-loads-them',
    comment: 'OpenTelemetry is loaded where somebody wants traces, prom-client where somebody scrapes.',
    from: { path: '^src/', pathNot: ['^src/telemetry/otel/', test] },
    to: {
      path: `${packages(['@opentelemetry', 'prom-client'])}|^src/telemetry/otel/`,
      dependencyTypesNot: ['dynamic-import', 'type-only'],
    },
  },
  {
    name: 'source-does-not-know-tests',
    comment: 'What ships does not import what tests it.',
    from: { path: '^(src|migrations)/', pathNot: test },
    to: { path: `^test/|${test}` },
  },
  {
    name: 'source-needs-no-dev-packages',
    comment: 'What ships is in "dependencies".',
    from: { path: '^(src|migrations)/', pathNot: test },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
];

export default {
  forbidden: [...stairs, ...others].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types are arrows too: a room that needs another's types depends on it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    combinedDependencies: false,
  },
};
