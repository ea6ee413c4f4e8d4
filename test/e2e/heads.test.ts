import { beforeAll, expect, it } from 'vitest';
import { call } from '../support/http.js';
import { isStream, pathOf } from '../support/operations.js';
import { Target } from '../support/target.js';

let target: Target;
beforeAll(async () => void (target = await Target.start()));

it('answers HEAD as GET, without the body, and at once also where GET would be a stream', async () => {
  const gets = target.operations.filter(({ method }) => method === 'GET');
  expect(gets.length).toBeGreaterThan(10);
  for (const operation of gets) {
    const url = target.server.url + pathOf(operation, target.ids);
    const head = await call('HEAD', url);
    expect(head.body, operation.id).toBeUndefined();
    // What is not of a context is not there: no workflow, no execution, no MCP server.
    if (!/\{(?!context_id|message_id|system_prompt_id)/.test(operation.path))
      expect(head.status, operation.id).toBe(200);
    if (isStream(operation)) {
      expect(head.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      continue;
    }
    const get = await call('GET', url);
    expect(head.status, operation.id).toBe(get.status);
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
      expect(head.headers.get(name), `${operation.id} ${name}`).toBe(get.headers.get(name));
  }
  await target.expectUnchanged();
});

it('refuses HEAD as it refuses GET', async () => {
  for (const path of [
    '/contexts/x',
    '/contexts/x/events',
    '/nowhere',
    '/tools/execute',
    '/contexts?limit=x',
  ]) {
    const [head, get] = [
      await call('HEAD', target.server.url + path),
      await call('GET', target.server.url + path),
    ];
    expect([head.status, head.body], path).toEqual([get.status, undefined]);
    expect(head.headers.get('content-type'), path).toMatch(/^application\/problem\+json/);
  }
});
