// Protocol 11: whatever is wrong with a request of any route, the answer is a 4xx problem, and nothing has changed.
import { afterEach, beforeAll, expect, it } from 'vitest';
import { call, type Answer } from '../support/http.js';
import { isStream, pathOf } from '../support/operations.js';
import { sendRaw } from '../support/raw-http.js';
import { expectRefusal, Target } from '../support/target.js';

let target: Target;
beforeAll(
  async () =>
    void (target = await Target.start({
      PULLCORD_BODY_LIMIT_BYTES: '400000',
      PULLCORD_IMPORT_BYTES: '400000',
    })),
);
afterEach(() => target.expectUnchanged());

const json = { 'content-type': 'application/json' };
const deep = (open: string, close: string) => `{"a":${open.repeat(50_000)}1${close.repeat(50_000)}}`;
const utf16 = Buffer.from('{"title":"x"}', 'utf16le');

const bodies: readonly [what: string, expected: string, body: string | Uint8Array, headers?: object][] = [
  ['broken JSON', '400 malformed_request', '{'],
  ['JSON and more', '400 malformed_request', '{} {}'],
  ['JSON with a comment', '400 malformed_request', '{/* */}'],
  ['JavaScript', '400 malformed_request', "{a:'b'}"],
  ['NaN', '400 malformed_request', '{"a":NaN}'],
  ['null', '400 malformed_request', 'null'],
  ['blanks', '400 malformed_request', ' \n '],
  ['a list', '400 invalid_request', '[]'],
  ['a list of what would be right', '400 invalid_request', '[{}]'],
  ['text', '400 invalid_request', '"content"'],
  ['a number', '400 invalid_request', '1'],
  ['false', '400 invalid_request', 'false'],
  ['bytes that are no UTF-8', '400 malformed_request', Buffer.from('{"title":"\xff"}', 'latin1')],
  ['UTF-8 cut within a character', '400 malformed_request', Buffer.from('{"a":"é').subarray(0, -1)],
  ['half a surrogate pair as UTF-8', '400 malformed_request', Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1')],
  ['UTF-16', '400 malformed_request', utf16],
  ['an unknown field', '400 invalid_request', '{"no_such_field":1}'],
  ['an unknown field of a long name', '400 invalid_request', `{"${'x'.repeat(300_000)}":1}`],
  ['__proto__', '400 malformed_request', '{"__proto__":{"content":"x"}}'],
  ['__proto__ further down', '400 malformed_request', '{"config":{"a":[{"__proto__":1}]}}'],
  ['__proto__ in other letters', '400 malformed_request', '{"\\u005f_proto__":1}'],
  ['a prototype', '400 malformed_request', '{"constructor":{"prototype":{"x":1}}}'],
  ['constructor and the like', '400 invalid_request', '{"constructor":1,"toString":2,"hasOwnProperty":3}'],
  [
    'many unknown fields',
    '400 invalid_request',
    JSON.stringify(Object.fromEntries([...'x'.repeat(9999)].entries())),
  ],
  ['deep lists', '400 invalid_request', deep('[', ']')],
  ['deep objects', '400 invalid_request', deep('{"a":', '}')],
  ['a deep list and a key', '400 invalid_request', deep('[', ']'), { 'idempotency-key': 'k' }],
  ['a huge body', '413 body_too_large', `{"a":"${'x'.repeat(400_000)}"}`],
  ['plain text', '415 unsupported_media_type', '{}', { 'content-type': 'text/plain' }],
  ['a form', '415 unsupported_media_type', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
  [
    'a multipart form',
    '415 unsupported_media_type',
    '{}',
    { 'content-type': 'multipart/form-data; boundary=x' },
  ],
  ['another kind of JSON', '415 unsupported_media_type', '{}', { 'content-type': 'application/json-seq' }],
  ['no kind', '415 unsupported_media_type', '{}', { 'content-type': '' }],
  ['a kind that is none', '415 unsupported_media_type', '{}', { 'content-type': 'nonsense' }],
];

it.each(bodies)(
  'refuses %s with %s, on every route that takes a body',
  async (_, expected, body, headers = {}) => {
    for (const operation of target.operations.filter(({ takesBody }) => takesBody)) {
      const answer = await target.ask(operation, { body, headers: { ...json, ...headers } });
      const { status, code } = expectRefusal(answer, operation);
      expect(`${status} ${code}`, operation.id).toBe(expected);
    }
  },
);

it('refuses on every route what no id can be', async () => {
  const { context_id } = target.ids;
  const wrong: readonly [id: string, status: number][] = [
    ['x', 404],
    ['0', 404],
    ['null', 404],
    ['%00', 404],
    ['%20', 404],
    ['..%2f..%2fetc%2fpasswd', 404],
    ["'%20OR%201=1--", 404],
    [context_id.toUpperCase(), 404],
    [`${context_id}0`, 404],
    [context_id.replaceAll('-', ''), 404],
    [`{${context_id}}`, 404],
    ['%F0%9F%8E%88', 404],
    ['x'.repeat(10_000), 404],
    ['%zz', 400],
    ['%', 400],
    ['%ff', 400],
    ['%c0%af', 400],
  ];
  for (const operation of target.operations)
    for (const [, name = ''] of operation.path.matchAll(/\{(\w+)\}/g))
      for (const [id, status] of wrong) {
        const ids = { ...target.ids, [name]: id };
        // Without what the query must say, the answer would be about that.
        const query = operation.query.includes('uri') ? '?uri=docs%3A%2F%2Fx' : '';
        const answer = await target.ask(operation, {
          path: pathOf(operation, ids) + query,
          body: operation.takesBody ? (operation.example ?? {}) : undefined,
        });
        // An address that cannot be read belongs to no operation.
        const problem = expectRefusal(answer, status === 404 ? operation : undefined);
        expect(problem.status, `${operation.id} ${id.slice(0, 50)}`).toBe(status);
      }
});

const allowedBy = ({ headers }: Answer<unknown>): readonly string[] =>
  headers.get('allow')?.split(', ') ?? [];

it('refuses methods that an address does not have', async () => {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'SEARCH', 'LOCK'];
  const known = new Set(target.operations.map(({ method, path }) => `${method} ${path}`));
  for (const operation of target.operations) {
    const url = target.server.url + pathOf(operation, target.ids);
    for (const method of methods.filter((method) => !known.has(`${method} ${operation.path}`))) {
      const answer = await call(method, url);
      const { status, code } = expectRefusal(answer);
      // Where another route has a parameter in that place, it is the parameter that names nothing.
      expect(`${status} ${code}`, `${method} ${operation.path}`).toMatch(
        /^(405 method_not_allowed|404 (message|context|branch|system_prompt)_not_found)$/,
      );
      if (status === 405) expect(allowedBy(answer)).toContain(operation.method);
    }
  }
});

it('says which methods an address has, all of them, and only where there is something', async () => {
  const { context_id, message_id } = target.ids;
  for (const [path, methods] of [
    ['/contexts', ['GET', 'HEAD', 'POST']],
    [`/contexts/${context_id}?x=1`, ['DELETE', 'GET', 'HEAD', 'PATCH']],
    // A place of its own, and one where a message could be.
    [`/contexts/${context_id}/messages/streaming`, ['GET', 'HEAD', 'POST']],
    [`/contexts/${context_id}/messages/${message_id}/streaming-chunks`, ['GET', 'HEAD', 'POST']],
    [`/contexts/${context_id}/actions/retry`, ['POST']],
  ] as const) {
    const answer = await call('PUT', target.server.url + path, { body: '{', headers: json });
    expect(expectRefusal(answer)).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(allowedBy(answer), path).toEqual(methods);
    expect(answer.headers.get('x-request-id')).toBeTruthy();
  }
  for (const path of ['/contexts/', '/nothing', `/contexts/${context_id}/actions/dance`]) {
    const answer = await call('PUT', target.server.url + path);
    expect(expectRefusal(answer).code).toBe('not_found');
    expect(answer.headers.get('allow')).toBeNull();
  }
});

it('knows no other addresses', async () => {
  for (const path of [
    '/Contexts',
    '/contexts/',
    '//contexts',
    '/v1/contexts',
    '/.env',
    '/openapi.yaml',
    '/x'.repeat(5000),
  ])
    expect(expectRefusal(await call('GET', target.server.url + path)).code, path.slice(0, 50)).toBe(
      'not_found',
    );
});

const strange: readonly [what: string, head: readonly string[], body?: string][] = [
  ['a method that is none', ['FOO /contexts HTTP/1.1', 'Host: localhost']],
  ['no HTTP at all', ['GARBAGE']],
  ['an address with a blank', ['GET /con texts HTTP/1.1', 'Host: localhost']],
  ['an address of 20 kB', [`GET /contexts/${'x'.repeat(20_000)} HTTP/1.1`, 'Host: localhost']],
  ['headers of 20 kB', ['GET /contexts HTTP/1.1', 'Host: localhost', `X-Long: ${'x'.repeat(20_000)}`]],
  ['a header that is none', ['GET /contexts HTTP/1.1', 'Host: localhost', 'no colon']],
  ['a length that is none', ['POST /contexts HTTP/1.1', 'Host: localhost', 'Content-Length: many'], '{}'],
  [
    'two lengths',
    ['POST /contexts HTTP/1.1', 'Host: localhost', 'Content-Length: 2', 'Content-Length: 3'],
    '{}',
  ],
  [
    'a length beside chunks',
    ['POST /contexts HTTP/1.1', 'Host: localhost', 'Content-Length: 2', 'Transfer-Encoding: chunked'],
    '2\r\n{}\r\n0\r\n\r\n',
  ],
  [
    'a chunk that is none',
    // With a type that is not refused before the body is read.
    [
      'POST /contexts HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ],
    'zz\r\n',
  ],
];

it.each(strange)('refuses %s, and hangs up', async (_, head, body) => {
  const answer = await sendRaw(target.server, head, body);
  expect(expectRefusal(answer)).toMatchObject({ status: 400, code: 'malformed_request' });
});

it('refuses query names that it does not know, and names that are given twice', async () => {
  for (const operation of target.operations.filter(({ query }) => query.length > 0)) {
    const path = pathOf(operation, target.ids);
    const names = ['no_such_name', '__proto__', 'constructor', 'limit[]', 'limit%00', 'LIMIT'];
    for (const query of [
      ...names.map((name) => `${name}=1`),
      ...operation.query.map((name) => `${name}=1&${name}=1`),
    ]) {
      const problem = expectRefusal(await target.ask(operation, { path: `${path}?${query}` }), operation);
      expect(`${problem.status} ${problem.code}`, `${operation.id}?${query}`).toBe('400 invalid_request');
      const name = decodeURIComponent(query.split('=')[0] ?? '');
      expect(
        problem.errors?.map((error) => error.path),
        `${operation.id}?${query}`,
      ).toContain(name);
    }
  }
});

const encoded = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');
const numbers = [
  '-1',
  '1.5',
  'NaN',
  'Infinity',
  '1e3',
  '',
  '%2B1',
  '%201',
  '01',
  '0x10',
  '99999999999999999999',
  'x',
  '%00',
];
const ids = ['x', '', 'null', '%00', 'main'];
const branches = ['', 'a%20b', '%00', '..%2fx', 'x'.repeat(37), '%F0%9F%8E%88'];
const times = ['', 'x', 'yesterday', '2026-02-30T00:00:00Z', '2026-01-31', '1700000000000', '%00'];
const days = ['', 'x', '2026-02-30', '2026-1-1', '2026-01-31T00:00:00Z', '%00'];
const cursors = [
  'x',
  '%00',
  '',
  encoded([1]),
  encoded(['a', 'b']),
  encoded([1, '\0']),
  encoded([1e99, 'x']),
  encoded({}),
];
const queries: readonly [operation: string, name: string, values: readonly string[]][] = [
  ['listContexts', 'limit', [...numbers, '0', '201']],
  [
    'listContexts',
    'cursor',
    [...cursors, encoded(null), encoded([1, 'x', 2]), encoded([null, null]), 'x'.repeat(501)],
  ],
  ['listContexts', 'state', ['', 'busy', 'INITIAL', 'toString', '%00']],
  ['listContexts', 'archived', ['', '1', 'yes', 'TRUE', 'null']],
  ['listContexts', 'q', ['', '%00', '%0A', 'x'.repeat(301)]],
  ['deleteContext', 'purge', ['', '1', 'yes', 'TRUE', 'null']],
  ['listDeletedContexts', 'limit', [...numbers, '0', '201']],
  ['listDeletedContexts', 'cursor', [...cursors, 'x'.repeat(501)]],
  ['listAudit', 'limit', [...numbers, '0', '201']],
  [
    'listAudit',
    'cursor',
    ['x', '%00', '', encoded([1]), encoded(['a', 'b']), encoded(['\0']), encoded({}), 'x'.repeat(501)],
  ],
  ['pullMessages', 'limit', [...numbers, '0', '201']],
  ['pullMessages', 'changed_since', numbers],
  ['pullMessages', 'before', ids],
  ['pullMessages', 'after', ids],
  ['pullMessages', 'branch', branches],
  ['previewPrompt', 'branch', branches],
  ['previewPrompt', 'model', ['', '%00', '%0A', 'x'.repeat(201)]],
  ['pullMessages', 'ids', [...ids, ',', 'x,y']],
  ['compareBranches', 'base', branches],
  ['compareBranches', 'head', branches],
  ['compareBranches', 'limit', [...numbers, '0', '201']],
  [
    'compareBranches',
    'cursor',
    ['x', '%00', '', encoded([1, 2]), encoded(['1']), encoded([0.5]), encoded({})],
  ],
  ['pullChunks', 'limit', [...numbers, '0', '1001']],
  ['pullChunks', 'after', numbers],
  ['pullChunks', 'from_sequence', numbers],
  ['pullChunks', 'wait_ms', [...numbers, '30001']],
  ['listWorkflowExecutions', 'limit', [...numbers, '0', '201']],
  ['listWorkflowExecutions', 'cursor', [...cursors, 'x'.repeat(501)]],
  ['listAttachments', 'limit', [...numbers, '0', '201']],
  ['listAttachments', 'cursor', [...cursors, 'x'.repeat(501)]],
  ['listSystemPrompts', 'limit', [...numbers, '0', '201']],
  ['listSystemPrompts', 'cursor', [...cursors, 'x'.repeat(501)]],
  ['listSystemPromptVersions', 'limit', [...numbers, '0', '51']],
  [
    'listSystemPromptVersions',
    'cursor',
    ['x', '%00', '', encoded([1, 2]), encoded(['1']), encoded([0.5]), encoded({}), 'x'.repeat(501)],
  ],
  ['searchMessages', 'limit', [...numbers, '0', '51']],
  ['searchMessages', 'cursor', [...cursors, encoded([1, 'x']), encoded([1, 2, 3]), 'x'.repeat(501)]],
  ['searchMessages', 'q', ['x'.repeat(301)]],
  ['searchMessages', 'context_id', ids],
  ['searchMessages', 'role', ['', 'User', 'toString', '%00']],
  ['searchMessages', 'kind', ['', 'x'.repeat(65)]],
  ['searchMessages', 'model', ['', 'x'.repeat(201)]],
  ['searchMessages', 'from', times],
  ['searchMessages', 'to', times],
  ['listModels', 'limit', [...numbers, '0', '1001']],
  ['listModels', 'after_id', ['', 'x'.repeat(301)]],
  ['listModels', 'before_id', ['', 'x'.repeat(301)]],
  ['getUsage', 'group_by', ['', 'Day', 'day,day', 'day,,model', 'owner', 'toString', '%00']],
  ['getUsage', 'from', days],
  ['getUsage', 'to', days],
  ['getUsage', 'context_id', ids],
  ['getUsage', 'model', ['', 'x'.repeat(301)]],
  ['getUsage', 'format', ['', 'CSV', 'pdf', '%00']],
  ['getUsage', 'limit', [...numbers, '0', '1001']],
  ['getUsage', 'cursor', [...cursors, encoded(['a']), 'x'.repeat(2001)]],
  ['exportContext', 'format', ['', 'JSON', 'pdf', 'toString', '%00']],
  ['exportContext', 'branch', branches],
  ['exportContext', 'lang', ['', 'xx', 'en,en', 'zh,', '%00']],
  ['exportContext', 'summary', ['', '1', 'yes', 'null']],
  ['importContexts', 'ids', ['', 'NEW', 'both', 'toString', '%00']],
  ['listTools', 'role', ['', 'Actor', 'toString', '%00']],
  ['readMcpResource', 'uri', ['', 'x'.repeat(10_000)]],
  ['streamContextEvents', 'last_event_id', ['x'.repeat(201)]],
  ['streamEvents', 'last_event_id', ['x'.repeat(201)]],
  ['streamEvents', 'contexts', [...ids, ',']],
];

it.each(queries)('refuses in the query of %s a wrong %s', async (id, name, values) => {
  const operation = target.operation(id);
  for (const value of values) {
    const path = `${pathOf(operation, target.ids)}?${name}=${value}`;
    const problem = expectRefusal(await target.ask(operation, { path }), operation);
    expect(problem, path).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ path: name }] });
  }
});

it('has a row for every name of every query', () => {
  const named = target.operations.flatMap(({ id, query }) => query.map((name) => `${id} ${name}`));
  expect(queries.map(([id, name]) => `${id} ${name}`).toSorted()).toEqual(named.toSorted());
  expect(target.operations.filter(isStream)).toHaveLength(2);
});
