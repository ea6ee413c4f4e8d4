// What calls to models have used: counted as the provider counted, for whoever's they are, in JSON and as a table.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, body, createContext, reaches, refused } from '../support/api.js';
import { answer, die, FakeUpstream, partial, refusal, stall } from '../support/fake-upstream.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { expectClean, pullcord } from '../support/pullcord.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

interface Counts {
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_micros: number;
  readonly [counter: string]: unknown;
}

interface Usage {
  readonly currency: string;
  readonly groups: readonly (Counts & { readonly day: string; readonly model: string })[];
  readonly total: Counts;
  readonly next_cursor: string | null;
}

const usage = { prompt_tokens: 1000, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 400 } };
const prices = { 'openai/gpt-*': { input: 2, cached_input: 1, output: 10 } };

let upstream: FakeUpstream;
let shared: SharedServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  shared = await SharedServer.start({
    env: {
      OPENAI_BASE_URL: upstream.url,
      PULLCORD_MODEL_MAX_ATTEMPTS: '1',
      PULLCORD_PRICES: JSON.stringify(prices),
      PULLCORD_CURRENCY: 'EUR',
    },
  });
});
afterAll(() => upstream.close());

const used = async (api: Caller, query = ''): Promise<Usage> => body(await api.get<Usage>(`/usage${query}`));

async function begin(api: Caller, model = 'openai/gpt-4o-mini'): Promise<string> {
  return (await createContext(api, { config: { model } })).id;
}

/** A turn whose upstream does as planned, to its end. */
async function turn(api: Caller, id: string, plan = answer('Hi.', { usage })): Promise<void> {
  upstream.enqueue(plan);
  await act(api, id, 'send_message', { content: 'Hello?' });
  await until(
    async () => ['awaiting_user', 'error'].includes(body(await api.get<State>(`/contexts/${id}`)).state.type),
    { what: 'the end of the turn' },
  );
}

interface State {
  readonly state: { readonly type: string };
}

const none = {
  ...{ requests: 0, estimated_requests: 0, unpriced_requests: 0, prompt_tokens: 0, cached_tokens: 0 },
  ...{ cache_write_tokens: 0, completion_tokens: 0, reasoning_tokens: 0, cost_micros: 0 },
};
const one = {
  ...{ ...none, requests: 1, prompt_tokens: 1000, cached_tokens: 400, completion_tokens: 50 },
  cost_micros: 600 * 2 + 400 + 50 * 10,
};

describe('usage', () => {
  it('is nothing at first, and is there as soon as the answer is', async () => {
    const api = shared.newOwner();
    expect(await used(api)).toEqual({ currency: 'EUR', groups: [], total: none, next_cursor: null });
    await turn(api, await begin(api));
    expect(await used(api)).toEqual({ currency: 'EUR', groups: [one], total: one, next_cursor: null });
  });

  it('is the owner’s own, and the same under /v1', async () => {
    const [api, other] = [shared.newOwner(), shared.newOwner()];
    await turn(api, await begin(api));
    expect((await used(other)).total).toEqual(none);
    expect(body(await api.get('/v1/usage'))).toEqual(await used(api));
  });

  it('adds up, and can be told apart by whatever is asked for, in that order', async () => {
    const api = shared.newOwner();
    const [a, b] = [await begin(api), await begin(api, 'openai/gpt-4o')];
    await turn(api, a);
    await turn(api, a);
    await turn(api, b);
    upstream.enqueue(answer('A title', { usage: { prompt_tokens: 7, completion_tokens: 3 } }));
    await act(api, b, 'generate_title');
    await until(async () => (await used(api)).total.requests === 4, { what: 'the title to be counted' });
    const { groups } = await used(api, '?group_by=model,purpose');
    expect(groups.map(({ model, purpose, requests }) => [model, purpose, requests])).toEqual([
      ['openai/gpt-4o', 'answer', 1],
      ['openai/gpt-4o', 'title', 1],
      ['openai/gpt-4o-mini', 'answer', 2],
    ]);
    const byContext = (await used(api, '?group_by=context')).groups;
    expect(new Map(byContext.map((group) => [group.context_id, group.requests]))).toEqual(
      new Map([
        [a, 2],
        [b, 2],
      ]),
    );
    expect((await used(api, '?group_by=provider,day')).groups).toMatchObject([
      { provider: 'openai', day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string, requests: 4 },
    ]);
    expect((await used(api, `?context_id=${a}`)).total.requests).toBe(2);
    expect((await used(api, '?model=openai/gpt-4o')).total.requests).toBe(2);
  });

  it('is found by its days, both included', async () => {
    const api = shared.newOwner();
    await turn(api, await begin(api));
    const day = (await used(api, '?group_by=day')).groups[0]?.day ?? '';
    expect((await used(api, `?from=${day}&to=${day}`)).total.requests).toBe(1);
    expect((await used(api, '?to=2020-01-01')).total).toEqual(none);
    expect((await used(api, '?from=9998-01-01&group_by=day')).groups).toEqual([]);
  });

  it('comes in pages, each group once', async () => {
    const api = shared.newOwner();
    for (const model of ['openai/gpt-1', 'openai/gpt-2', 'openai/gpt-3'])
      await turn(api, await begin(api, model));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Usage = await used(api, `?group_by=day,model&limit=2${cursor && `&cursor=${cursor}`}`);
      expect(page.total.requests).toBe(3);
      seen.push(...page.groups.map(({ model }) => model));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(['openai/gpt-1', 'openai/gpt-2', 'openai/gpt-3']);
  });

  it('stays when its context is purged, and the server starts anew', async () => {
    const token = shared.newToken();
    const api = shared.as(token);
    const id = await begin(api);
    await turn(api, id);
    body(await api.delete(`/contexts/${id}?purge=true`), 204);
    await shared.server.restart();
    expect((await used(shared.as(token), '?group_by=context')).groups).toMatchObject([{ context_id: id }]);
    await shared.server.stop();
    await expectClean(shared.server);
    await sql(shared.server, `UPDATE usage SET estimated_requests = 9 WHERE context_id = '${id}'`);
    expect((await pullcord(['verify'], shared.server)).stdout).toMatch(/^usage of .*do not go together$/m);
    await sql(shared.server, `UPDATE usage SET estimated_requests = 0 WHERE context_id = '${id}'`);
    await shared.server.start();
  });
});

describe('a call', () => {
  it('whose provider counted nothing is estimated, and says so', async () => {
    const api = shared.newOwner();
    await turn(api, await begin(api), answer('Eight by', { usage: null }));
    const { total } = await used(api);
    expect(total).toMatchObject({ requests: 1, estimated_requests: 1, completion_tokens: 2 });
    expect(total.prompt_tokens).toBeGreaterThan(0);
  });

  it('that was refused counts as a call, and used nothing', async () => {
    const api = shared.newOwner();
    await turn(api, await begin(api), refusal(400, 'No.'));
    expect((await used(api)).total).toEqual({ ...none, requests: 1 });
  });

  it('that breaks off is estimated by what came of it', async () => {
    const api = shared.newOwner();
    await turn(api, await begin(api), partial('Sixteen letters.', die));
    expect((await used(api)).total).toMatchObject({ estimated_requests: 1, completion_tokens: 4 });
  });

  it('that is cancelled is estimated too', async () => {
    const api = shared.newOwner();
    const id = await begin(api);
    upstream.enqueue(partial('Let me see', stall));
    await act(api, id, 'send_message', { content: 'Hello?' });
    await reaches(api, id, 'streaming_response');
    await act(api, id, 'cancel');
    const counted = async (): Promise<Counts | undefined> => {
      const { total } = await used(api);
      return total.requests > 0 ? total : undefined;
    };
    const total = await until(counted, { what: 'the call to be counted' });
    expect(total).toMatchObject({ requests: 1, estimated_requests: 1, completion_tokens: 3 });
  });

  it('of a model without a price costs nothing, and says so', async () => {
    const api = shared.newOwner();
    await turn(api, await begin(api, 'openai/o3'));
    expect((await used(api)).total).toMatchObject({
      unpriced_requests: 1,
      prompt_tokens: 1000,
      cost_micros: 0,
    });
  });
});

describe('the table', () => {
  const columns =
    'requests,estimated_requests,unpriced_requests,prompt_tokens,cached_tokens,cache_write_tokens,completion_tokens,reasoning_tokens,cost_micros,currency';

  it('has a line of names, a line for each group, and a link to the next page', async () => {
    const api = shared.newOwner();
    for (const model of ['openai/gpt-1', 'openai/gpt-2']) await turn(api, await begin(api, model));
    const first = await api.get<string>('/usage?group_by=model&format=csv&limit=1');
    expect(first.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(body(first)).toBe(`model,${columns}\r\nopenai/gpt-1,1,0,0,1000,400,0,50,0,2100,EUR\r\n`);
    const [, next = ''] = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? [];
    const second = await api.get<string>(next);
    expect(body(second)).toBe(`model,${columns}\r\nopenai/gpt-2,1,0,0,1000,400,0,50,0,2100,EUR\r\n`);
    expect(second.headers.get('link')).toBeNull();
  });

  it('is sent to who names it before JSON, and to nobody else', async () => {
    const api = shared.newOwner();
    const typeFor = async (accept: string, query = ''): Promise<string | undefined> =>
      (await api.get(`/usage${query}`, { headers: { accept } })).headers.get('content-type')?.split(';')[0];
    expect(await typeFor('text/csv')).toBe('text/csv');
    expect(await typeFor('text/csv;q=1, application/json')).toBe('text/csv');
    expect(await typeFor('application/json, text/csv')).toBe('application/json');
    expect(await typeFor('*/*')).toBe('application/json');
    expect(await typeFor('text/csv', '?format=json')).toBe('application/json');
    const { headers } = await api.get('/usage');
    expect([headers.get('vary'), headers.get('cache-control')]).toEqual(['Accept', 'no-store']);
  });

  it('has nothing that a spreadsheet takes for a formula', async () => {
    const token = shared.newToken();
    const api = shared.as(token);
    const id = await begin(api);
    await turn(api, id);
    // No model has such an id; a table that somebody else wrote may.
    await sql(shared.server, `UPDATE usage SET model = '=1+1', provider = '' WHERE context_id = '${id}'`);
    expect(body(await api.get<string>('/usage?group_by=model&format=csv'))).toContain("\r\n'=1+1,1,");
    await sql(shared.server, `DELETE FROM usage WHERE context_id = '${id}'`);
  });
});

it('refuses the cursor of another grouping', async () => {
  const api = shared.newOwner();
  const cursor = Buffer.from('["2026-11-22"]').toString('base64url');
  expect(refused(await api.get(`/usage?cursor=${cursor}`))).toBe('400 invalid_request');
  expect(refused(await api.get(`/usage?group_by=day,model&cursor=${cursor}`))).toBe('400 invalid_request');
});

it('is told by the program too, of all owners or of one', async () => {
  const token = shared.newToken();
  const api = shared.as(token);
  await turn(api, await begin(api, 'openai/gpt-told'));
  const all = await pullcord(['usage', '--group-by', 'model,purpose', '--from', '2020-01-01'], shared.server);
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toMatch(/^model\tpurpose\trequests\t.*\tcost_micros\n/);
  expect(all.stdout).toContain('\nopenai/gpt-told\tanswer\t1\t0\t0\t1000\t400\t0\t50\t0\t2100\n');
  const owner = token.replace('token-of-', '');
  const own = await pullcord(['usage', '--owner', owner], shared.server);
  expect(own.stdout.split('\n').slice(1)).toEqual([
    `${owner}\topenai/gpt-told\t1\t0\t0\t1000\t400\t0\t50\t0\t2100`,
    '',
  ]);
  for (const wrong of [
    ['--group-by', 'king'],
    ['--group-by', 'day,day'],
    ['--from', 'x'],
    ['more'],
    ['--owner'],
  ])
    expect(await pullcord(['usage', ...wrong], shared.server)).toMatchObject({ code: 2, stdout: '' });
});
