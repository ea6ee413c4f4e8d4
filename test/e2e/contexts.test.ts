import { beforeAll, expect, it } from 'vitest';
import {
  appendText,
  body,
  createContext,
  fork,
  getContext,
  getPage,
  refusal,
  refused,
  type WholeContext,
} from '../support/api.js';
import { SharedServer } from '../support/owners.js';
import { makeFolder } from '../support/workspace.js';

let shared: SharedServer;
const workspace = makeFolder();
beforeAll(async () => {
  shared = await SharedServer.start({ env: { PULLCORD_WORKSPACE_ROOTS: workspace } });
});

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';

it('creates an empty context, and says where it is and what its tag is', async () => {
  const api = shared.newOwner();
  const created = await api.post<WholeContext>('/contexts');
  const { id, created_at } = body(created, 201);
  expect(created.body).toEqual({
    id: expect.stringMatching(uuidV7) as string,
    title: null,
    state: { type: 'initial' },
    active_branch: 'main',
    message_count: 0,
    revision: 1,
    model: null,
    mode: null,
    streaming: [],
    created_at: expect.stringMatching(timestamp) as string,
    updated_at: created_at,
    config: {},
    branches: [
      {
        id: 'main',
        name: 'main',
        parent_branch: null,
        fork_depth: 0,
        head_message_id: null,
        message_count: 0,
        created_at,
      },
    ],
    allowed_actions: expect.arrayContaining(['send_message', 'append_message', 'archive']) as string[],
    pinned: [],
  });
  expect(created.headers.get('location')).toBe(`/contexts/${id}`);
  const found = await api.get(created.headers.get('location') ?? '');
  expect(found.body).toEqual(created.body);
  expect([created.headers.get('etag'), found.headers.get('etag')]).toEqual(['"1"', '"1"']);
});

it('keeps title and config as they came, but for the fields that are null', async () => {
  const api = shared.newOwner();
  const said = { name: 'Short', content: 'Be short.' };
  const prompt = body(await api.post<{ id: string }>('/system-prompts', said), 201);
  const config = {
    model: 'scripted/default',
    mode: 'chat',
    agent_role: 'planner',
    system_prompt: 'A\0B \ud800 שלום 👩‍👩‍👧',
    system_prompt_id: prompt.id,
    workspace_path: workspace,
    tool_policy: {
      type: 'allow_list',
      allow: ['read_*', 'git__lo?'],
      remembered: [{ tool_name: 'http_fetch', decision: 'deny' }],
    },
    parameters: { temperature: 0.7, max_tokens: 100, stop: ['\0'], reasoning_effort: 'low' },
  };
  const { id } = await createContext(api, { title: 'Ünïcode 🎈', config });
  expect(await getContext(api, id)).toMatchObject({ title: 'Ünïcode 🎈', config, mode: 'chat' });
  const bare = await createContext(api, { config: { model: null, mode: 'plan' } });
  expect(bare.config).toEqual({ mode: 'plan' });
});

it('refuses a model that nobody serves, and creates nothing', async () => {
  const api = shared.newOwner();
  expect(refused(await api.post('/contexts', { config: { model: 'nobody/none' } }))).toBe(
    '422 unknown_model',
  );
  expect(body(await api.get('/contexts'))).toEqual({ contexts: [], next_cursor: null });
});

it('answers 304 to whoever has the tag of the context, and the whole again once it has changed', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const ask = (tag: string) => api.get(`/contexts/${id}`, { headers: { 'if-none-match': tag } });
  for (const known of ['"1"', 'W/"1"', '"9", "1"', '*'])
    expect([(await ask(known)).status, (await ask(known)).body], known).toEqual([304, undefined]);
  for (const other of ['"2"', '1', '"1', '']) expect((await ask(other)).status, other).toBe(200);
  await appendText(api, id, 'Hello');
  const { status, headers } = await ask('"1"');
  expect([status, headers.get('etag')]).toEqual([200, '"3"']);
});

it('shows every branch with its head', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const first = await appendText(api, id, 'First');
  const second = await appendText(api, id, 'Second');
  const forked = await fork(api, id, second.message_id, '/echo Another second');
  const { messages } = await getPage(api, id);
  const whole = await getContext(api, id);
  expect(whole).toMatchObject({ active_branch: forked, message_count: 3 });
  expect(whole.branches).toMatchObject([
    { id: 'main', parent_branch: null, head_message_id: second.message_id, message_count: 2 },
    { id: forked, parent_branch: 'main', head_message_id: messages.at(-1)?.id, message_count: 3 },
  ]);
  expect(messages[0]?.id).toBe(first.message_id);
});

const before = { title: 'Old', config: { mode: 'chat', system_prompt: 'b', parameters: { temperature: 1 } } };
const patches: readonly [object, Partial<WholeContext>][] = [
  [{}, before],
  [{ title: 'New' }, { ...before, title: 'New' }],
  [{ title: null }, { ...before, title: null }],
  [{ config: { mode: null } }, { title: 'Old', config: { ...before.config, mode: undefined } }],
  [
    { title: 'New', config: { mode: 'act' } },
    { title: 'New', config: { ...before.config, mode: 'act' } },
  ],
  [
    { config: { parameters: { top_p: 0.5 } } },
    { title: 'Old', config: { ...before.config, parameters: { top_p: 0.5 } } },
  ],
  [{ config: { agent_role: 'actor' } }, { title: 'Old', config: { ...before.config, agent_role: 'actor' } }],
];

it.each(patches)('merges the patch %j', async (patch, after) => {
  const api = shared.newOwner();
  const { id } = await createContext(api, before);
  const patched = body(await api.patch<WholeContext>(`/contexts/${id}`, patch));
  expect({ title: patched.title, config: patched.config }).toEqual(after);
  expect(patched.revision).toBe(Object.keys(patch).length === 0 ? 1 : 2);
  expect(await getContext(api, id)).toEqual(patched);
});

it('changes and deletes only while If-Match holds', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api, { title: 'One' });
  const path = `/contexts/${id}`;
  const given = (tag: string) => ({ headers: { 'if-match': tag } });
  const first = await api.patch<WholeContext>(path, { title: 'Two' }, given('"1"'));
  expect([first.status, first.headers.get('etag'), first.body.revision]).toEqual([200, '"2"', 2]);
  for (const stale of ['"1"', 'W/"2"', '2', '"2', '', '"1", W/"2"']) {
    for (const answer of [
      await api.patch(path, { title: 'Lost' }, given(stale)),
      await api.delete(path, given(stale)),
    ])
      expect(refusal(answer), stale).toMatchObject({ code: 'revision_mismatch', status: 412, revision: 2 });
  }
  expect(await getContext(api, id)).toMatchObject({ title: 'Two', revision: 2 });
  for (const [tag, title] of [
    ['*', 'Three'],
    ['"9", "3"', 'Four'],
  ] as const)
    body(await api.patch(path, { title }, given(tag)));
  expect(await getContext(api, id)).toMatchObject({ title: 'Four', revision: 4 });
  expect((await api.delete(path, given('"4"'))).status).toBe(204);
  expect(refused(await api.delete(path, given('*')))).toBe('404 context_not_found');
});

it('lets exactly one of many changes with the same tag win', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const titles = Array.from({ length: 8 }, (_, n) => `Title ${n}`);
  const answers = await Promise.all(
    titles.map((title) => api.patch(`/contexts/${id}`, { title }, { headers: { 'if-match': '"1"' } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  const winner = titles[answers.findIndex(({ status }) => status === 200)];
  expect(await getContext(api, id)).toMatchObject({ title: winner, revision: 2 });
});

it('knows no context that is none', async () => {
  const api = shared.newOwner();
  for (const id of [nobody, nobody.toUpperCase(), 'x', '%00', `${nobody}0`])
    expect(refused(await api.get(`/contexts/${id}`)), id).toBe('404 context_not_found');
});
