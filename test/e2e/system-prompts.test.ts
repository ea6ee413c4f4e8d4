// Stored system prompts: what is kept of them, what a config may name, and what the model is really told.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, body, createContext, reaches, refusal, refused, type Problem } from '../support/api.js';
import { startServerOn } from '../support/context-client.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import { caller, type Answer, type Caller } from '../support/http.js';
import { findingsIn } from '../support/copies.js';
import { SharedServer } from '../support/owners.js';
import { messagesIn } from '../support/prompts.js';
import { expectClean } from '../support/pullcord.js';
import type { TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { workflowFolder } from '../support/workflow-client.js';

interface Variable {
  readonly name: string;
  readonly default?: string;
}
interface Version {
  readonly version: number;
  readonly content: string;
  readonly variables: readonly Variable[];
}
interface Prompt extends Version {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly updated_at: string;
}
interface Page {
  readonly system_prompts: readonly Prompt[];
  readonly next_cursor: string | null;
}
interface VersionPage {
  readonly versions: readonly Version[];
  readonly next_cursor: string | null;
}

const post = (api: Caller, input: object = {}): Promise<Answer<Prompt>> =>
  api.post<Prompt>('/system-prompts', { name: 'Tutor', content: 'Be patient.', ...input });
const store = async (api: Caller, input: object = {}): Promise<Prompt> => body(await post(api, input), 201);
const read = async (api: Caller, id: string): Promise<Prompt> =>
  body(await api.get<Prompt>(`/system-prompts/${id}`));
const change = (api: Caller, id: string, patch: object, headers = {}): Promise<Answer<Prompt>> =>
  api.patch<Prompt>(`/system-prompts/${id}`, patch, { headers });
const remove = (api: Caller, id: string): Promise<Answer<unknown>> => api.delete(`/system-prompts/${id}`);
const contextWith = (api: Caller, config: object): Promise<Answer<{ id: string }>> =>
  api.post('/contexts', { config });
const variablesOf = (problem: Problem): string => `${problem.code} ${String(problem.variables)}`;

const template = {
  content: 'Teach {{reader}} in {{language}}. \\{{reader}} stays.',
  variables: [{ name: 'reader' }, { name: 'language', default: 'English' }],
};

describe('a system prompt', () => {
  let shared: SharedServer;
  beforeAll(async () => {
    const env = { PULLCORD_MAX_SYSTEM_PROMPTS: '3', PULLCORD_MAX_SYSTEM_PROMPT_VERSIONS: '3' };
    shared = await SharedServer.start({ env });
  });
  afterAll(() => shared.server.stop());

  it('is stored, read, listed, changed and deleted', async () => {
    const api = shared.newOwner();
    const made = await post(api, { ...template, description: 'For lessons.' });
    const prompt = body(made, 201);
    expect(prompt).toMatchObject({ name: 'Tutor', description: 'For lessons.', version: 1, ...template });
    expect(made.headers.get('location')).toBe(`/system-prompts/${prompt.id}`);
    expect(await read(api, prompt.id)).toEqual(prompt);
    const other = await store(api);
    expect(other).toMatchObject({ description: null, variables: [] });
    const first = body(await api.get<Page>('/system-prompts?limit=1'));
    expect(first.system_prompts).toEqual([other]);
    const rest = body(await api.get<Page>(`/system-prompts?limit=1&cursor=${first.next_cursor}`));
    expect(rest).toEqual({ system_prompts: [prompt], next_cursor: null });
    expect(refused(await api.get('/system-prompts?limit=51'))).toBe('400 invalid_request');
    const changed = body(await change(api, prompt.id, { name: 'Coach', description: null }));
    expect(changed).toMatchObject({ name: 'Coach', description: null, version: 1, ...template });
    body(await remove(api, prompt.id), 204);
    expect(refused(await api.get(`/system-prompts/${prompt.id}`))).toBe('404 system_prompt_not_found');
    expect(refused(await remove(api, prompt.id))).toBe('404 system_prompt_not_found');
    expect(refused(await change(api, prompt.id, { name: 'X' }))).toBe('404 system_prompt_not_found');
    const left = await sql(
      shared.server,
      `SELECT prompt_id FROM system_prompt_versions WHERE prompt_id = '${prompt.id}'`,
    );
    expect(left).toEqual([]);
  });

  it('is made once under a key', async () => {
    const api = shared.newOwner();
    const headers = { 'idempotency-key': 'once' };
    const input = { name: 'Tutor', content: 'Be patient.' };
    const [one, two] = [
      body(await api.post<Prompt>('/system-prompts', input, { headers }), 201),
      body(await api.post<Prompt>('/system-prompts', input, { headers }), 201),
    ];
    expect(two.id).toBe(one.id);
    expect(body(await api.get<Page>('/system-prompts')).system_prompts).toHaveLength(1);
  });

  it('has another version for another content or other variables, and for nothing else', async () => {
    const api = shared.newOwner();
    const { id } = await store(api, { content: 'One' });
    expect(body(await change(api, id, { content: 'Two' })).version).toBe(2);
    expect(body(await change(api, id, { content: 'Two', name: 'Again' })).version).toBe(2);
    expect(body(await change(api, id, { variables: [{ name: 'x', default: '' }] })).version).toBe(3);
    const path = `/system-prompts/${id}/versions`;
    const page = body(await api.get<VersionPage>(`${path}?limit=2`));
    expect(page.versions.map(({ version, content }) => `${version} ${content}`)).toEqual(['3 Two', '2 Two']);
    const rest = body(await api.get<VersionPage>(`${path}?limit=2&cursor=${page.next_cursor}`));
    expect(rest).toMatchObject({ versions: [{ version: 1, content: 'One' }], next_cursor: null });
  });

  it('is not changed on an older tag, and not read again on the same', async () => {
    const api = shared.newOwner();
    const made = await post(api);
    const { id } = body(made, 201);
    const tag = made.headers.get('etag') ?? '';
    const same = await api.get(`/system-prompts/${id}`, { headers: { 'if-none-match': tag } });
    expect(same.status).toBe(304);
    const changed = await change(api, id, { content: 'Two' }, { 'if-match': tag });
    expect(body(changed).version).toBe(2);
    expect(refused(await change(api, id, { content: 'Three' }, { 'if-match': tag }))).toBe(
      '412 revision_mismatch',
    );
    const nothing = await change(api, id, {}, { 'if-match': changed.headers.get('etag') ?? '' });
    expect(nothing.headers.get('etag')).toBe(changed.headers.get('etag'));
    expect(await read(api, id)).toMatchObject({ content: 'Two', version: 2 });
  });

  it('declares the variables that it has, each once', async () => {
    const api = shared.newOwner();
    const wrong = async (input: object): Promise<string> => variablesOf(refusal(await post(api, input)));
    expect(await wrong({ content: '{{a}} {{ b }} {{a}}' })).toBe('wrong_variables a,b');
    expect(await wrong({ variables: [{ name: 'x' }, { name: 'x' }] })).toBe('wrong_variables x');
    expect(refused(await post(api, { variables: [{ name: '1x' }] }))).toBe('400 invalid_request');
    const { id } = await store(api, template);
    const left = await change(api, id, { variables: [{ name: 'language' }] });
    expect(variablesOf(refusal(left))).toBe('wrong_variables reader');
    expect(await read(api, id)).toMatchObject({ version: 1, ...template });
  });

  it('is one of so many, of so many versions, and can be renamed at the last of them', async () => {
    const api = shared.newOwner();
    const { id } = await store(api);
    await store(api);
    await store(api);
    expect(refused(await post(api))).toBe('413 limit_exceeded');
    body(await change(api, id, { content: '2' }));
    body(await change(api, id, { content: '3' }));
    expect(refused(await change(api, id, { content: '4' }))).toBe('413 limit_exceeded');
    expect(body(await change(api, id, { name: 'Renamed' }))).toMatchObject({ version: 3, content: '3' });
    body(await remove(api, id), 204);
    await store(api);
    expect(await store(shared.newOwner())).toMatchObject({ version: 1 });
  });

  it('is nobody else’s', async () => {
    const [api, other] = [shared.newOwner(), shared.newOwner()];
    const { id } = await store(api);
    expect(body(await other.get<Page>('/system-prompts')).system_prompts).toEqual([]);
    for (const answer of [
      await other.get(`/system-prompts/${id}`),
      await other.get(`/system-prompts/${id}/versions`),
      await change(other, id, { content: 'Mine' }),
      await remove(other, id),
    ])
      expect(refused(answer)).toBe('404 system_prompt_not_found');
    expect(refused(await contextWith(other, { system_prompt_id: id }))).toBe('422 unknown_system_prompt');
    expect(await read(api, id)).toMatchObject({ content: 'Be patient.' });
  });

  it('is named with a version that there is, and with values that fit', async () => {
    const api = shared.newOwner();
    const { id } = await store(api, template);
    const named = (config: object): object => ({ system_prompt_id: id, ...config });
    const wrong = async (config: object): Promise<Problem> => refusal(await contextWith(api, config));
    expect((await wrong({ system_prompt_id: 'none' })).code).toBe('unknown_system_prompt');
    expect((await wrong(named({ system_prompt_version: 2 }))).code).toBe('unknown_system_prompt');
    expect(variablesOf(await wrong(named({})))).toBe('wrong_variables reader');
    const values = { reader: 'me', colour: 'red' };
    expect(variablesOf(await wrong(named({ system_prompt_variables: values })))).toBe(
      'wrong_variables colour',
    );
    for (const strange of [
      [],
      'x',
      { reader: 1 },
      { reader: null },
      { 'a-b': '' },
      { reader: 'x'.repeat(10_001) },
    ])
      expect((await wrong(named({ system_prompt_variables: strange }))).code).toBe('invalid_request');
    expect((await wrong(named({ system_prompt_version: 0 }))).code).toBe('invalid_request');
    expect(body(await api.get<{ contexts: object[] }>('/contexts')).contexts).toEqual([]);
  });

  it('is set, changed and taken away in a config, where what stays must fit too', async () => {
    const api = shared.newOwner();
    const { id } = await store(api, template);
    const context = await createContext(api, {
      config: { system_prompt_id: id, system_prompt_variables: { reader: 'me' } },
    });
    const patch = (config: object) => api.patch<{ config: object }>(`/contexts/${context.id}`, { config });
    expect(refused(await patch({ system_prompt_variables: null }))).toBe('422 wrong_variables');
    expect(refused(await patch({ system_prompt_version: 2 }))).toBe('422 unknown_system_prompt');
    expect(body(await patch({ system_prompt_version: 1 })).config).toMatchObject({
      system_prompt_version: 1,
    });
    expect(body(await patch({ system_prompt_version: null })).config).not.toHaveProperty(
      'system_prompt_version',
    );
    const gone = { system_prompt_id: null, system_prompt_variables: null };
    expect(body(await patch(gone)).config).toEqual({});
    expect(body(await patch({ system_prompt_id: null })).config).toEqual({});
  });

  it('is kept while a context, a branch or a deleted context has it', async () => {
    const api = shared.newOwner();
    const { id } = await store(api);
    const using = await createContext(api, { config: { system_prompt_id: id } });
    const kept = async (): Promise<Problem> => refusal(await remove(api, id));
    expect(await kept()).toMatchObject({ status: 409, code: 'system_prompt_in_use' });
    expect((await kept()).detail).toContain(using.id);
    body(await api.delete(`/contexts/${using.id}`), 204);
    expect((await kept()).code).toBe('system_prompt_in_use');
    body(await api.delete(`/contexts/${using.id}?purge=true`), 204);

    const branched = await createContext(api);
    const path = `/contexts/${branched.id}/branches/main`;
    body(await api.patch(path, { config: { system_prompt_id: id } }));
    expect((await kept()).detail).toContain('main');
    body(await api.patch(path, { config: { system_prompt_id: null } }));
    const quoting = { system_prompt: JSON.stringify({ system_prompt_id: id }) };
    await createContext(api, { config: quoting });
    body(await remove(api, id), 204);
  });

  it('has rows that verify looks through', async () => {
    const api = shared.newOwner();
    const { id } = await store(api);
    body(await change(api, id, { content: 'Two' }));
    await expectClean(shared.server);
    await sql(shared.server, `DELETE FROM system_prompt_versions WHERE prompt_id = '${id}' AND version = 1`);
    expect(await findingsIn(shared.server)).toEqual([
      `system prompt ${id}: its versions are not those from 1 to its newest`,
    ]);
    await sql(shared.server, `DELETE FROM system_prompts WHERE id = '${id}'`);
    expect(await findingsIn(shared.server)).toEqual([
      `system_prompt_versions of ${id}: there is no such system prompt`,
    ]);
  });
});

describe('the model', () => {
  let upstream: FakeUpstream;
  let server: TestServer;
  let api: Caller;
  beforeAll(async () => {
    upstream = await FakeUpstream.start();
    server = await startServerOn(upstream, {
      PULLCORD_DEFAULT_MODEL: 'openai/fake-1',
      PULLCORD_WORKFLOWS_DIR: workflowFolder({ plain: 'steps: [{ id: a, prompt: x }]' }),
    });
    api = caller(server);
  });
  afterAll(() => upstream.close());

  const begin = async (config: object): Promise<string> => (await createContext(api, { config })).id;

  /** What the model was told first, in a turn of its own. */
  async function told(id: string, input: object = {}): Promise<string> {
    const before = upstream.calls.length;
    await act(api, id, 'send_message', { content: 'Hello', ...input });
    await reaches(api, id, 'awaiting_user');
    expect(upstream.calls.length).toBe(before + 1);
    const messages = upstream.calls.slice(-1).flatMap(({ request }) => messagesIn(request));
    const [first, ...rest] = messages;
    expect(rest.filter(({ role }) => role === 'system')).toEqual([]);
    return first?.role === 'system' ? (first.content ?? '') : '';
  }

  it('is told it with its values and defaults, before the context’s own text', async () => {
    const { id: system_prompt_id } = await store(api, template);
    const id = await begin({
      system_prompt_id,
      system_prompt_variables: { reader: 'me' },
      system_prompt: 'Own.',
    });
    expect(await told(id)).toBe('Teach me in English. {{reader}} stays.\n\nOwn.');
    const preview = body(
      await api.get<{ messages: { message_id: string | null; tokens: number }[] }>(
        `/contexts/${id}/prompt_preview`,
      ),
    );
    expect(preview.messages[0]).toMatchObject({ message_id: null, kind: 'system_prompt', reason: 'system' });
    expect(preview.messages[0]?.tokens).toBeGreaterThan(8);
  });

  it('is told values as they are, which are no templates', async () => {
    const { id: system_prompt_id } = await store(api, template);
    const values = { reader: '{{language}} $& $1 \\{{reader}}', language: '{{reader}}' };
    const id = await begin({ system_prompt_id, system_prompt_variables: values });
    expect(await told(id)).toBe('Teach {{language}} $& $1 \\{{reader}} in {{reader}}. {{reader}} stays.');
  });

  it('is told the newest version, unless the context pins one', async () => {
    const { id: system_prompt_id } = await store(api, { content: 'One' });
    const newest = await begin({ system_prompt_id });
    const pinned = await begin({ system_prompt_id, system_prompt_version: 1 });
    expect(await told(newest)).toBe('One');
    body(await change(api, system_prompt_id, { content: 'Two' }));
    expect([await told(newest), await told(pinned)]).toEqual(['Two', 'One']);
    body(await api.patch(`/contexts/${pinned}`, { config: { system_prompt_version: null } }));
    expect(await told(pinned)).toBe('Two');
  });

  it('is told a branch’s own instead of the context’s, or the context’s with the branch’s values', async () => {
    const { id: system_prompt_id } = await store(api, template);
    const { id: other } = await store(api, { content: 'Other.' });
    const id = await begin({
      system_prompt_id,
      system_prompt_variables: { reader: 'me' },
      system_prompt: 'Own.',
    });
    const branch = `/contexts/${id}/branches/main`;
    const patch = (config: object) => api.patch(branch, { config });
    expect(refused(await patch({ system_prompt_id: 'none' }))).toBe('422 unknown_system_prompt');
    expect(refused(await patch({ system_prompt_variables: { colour: 'red' } }))).toBe('422 wrong_variables');
    body(await patch({ system_prompt_variables: { reader: 'you' } }));
    expect(await told(id)).toBe('Teach you in English. {{reader}} stays.\n\nOwn.');
    expect(refused(await patch({ system_prompt_id: other }))).toBe('422 wrong_variables');
    body(await patch({ system_prompt_id: other, system_prompt_variables: null }));
    expect(await told(id)).toBe('Other.');
    const fork = { from_message_id: null, config: { system_prompt_version: 2 } };
    expect(refused(await api.post(`/contexts/${id}/branches`, fork))).toBe('422 unknown_system_prompt');
    body(await patch({ system_prompt_id: null }));
    expect(await told(id)).toBe('Teach me in English. {{reader}} stays.\n\nOwn.');
  });

  it('is not asked when its instructions cannot be had, and is asked again once they can', async () => {
    const { id: system_prompt_id } = await store(api, { content: 'One' });
    const id = await begin({ system_prompt_id });
    body(await change(api, system_prompt_id, { content: 'For {{x}}.', variables: [{ name: 'x' }] }));
    const before = upstream.calls.length;
    await act(api, id, 'send_message', { content: 'Hello' });
    const { state } = await reaches(api, id, 'error');
    expect(state).toMatchObject({ type: 'error', code: 'wrong_variables' });
    expect(upstream.calls.length).toBe(before);
    body(await api.patch(`/contexts/${id}`, { config: { system_prompt_variables: { x: 'you' } } }));
    await act(api, id, 'retry');
    await reaches(api, id, 'awaiting_user');
    expect(upstream.calls.slice(-1).flatMap(({ request }) => messagesIn(request))[0]?.content).toBe(
      'For you.',
    );
  });

  it('is told it by the steps of a workflow, too', async () => {
    const { id: system_prompt_id } = await store(api, template);
    const context = await begin({ system_prompt_id, system_prompt_variables: { reader: 'me' } });
    const begun = await api.post<{ execution_id: string }>('/workflows/plain/execute', {
      context_id: context,
    });
    body(begun, 202);
    await reaches(api, context, 'awaiting_user');
    const sent = upstream.calls.slice(-1).flatMap(({ request }) => messagesIn(request));
    expect(sent[0]).toEqual({ role: 'system', content: 'Teach me in English. {{reader}} stays.' });
  });
});
