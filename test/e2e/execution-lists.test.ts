// What ran in a context: every execution of a workflow, newest first, in pages.
import { beforeAll, describe, expect, it } from 'vitest';
import { act, body, createContext, refused } from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { ExecutionClient, workflowFolder } from '../support/workflow-client.js';

interface Summary {
  readonly id: string;
  readonly status: string;
  readonly [field: string]: unknown;
}
interface Page {
  readonly executions: readonly Summary[];
  readonly next_cursor: string | null;
}

let server: TestServer;
let api: Caller;
let context: string;
/** Oldest first. */
let begun: readonly string[];
beforeAll(async () => {
  const folder = workflowFolder({
    quick: 'steps: [{ id: a, set: { n: 1 } }]',
    asking: 'steps: [{ id: a, approval: Go on? }]',
    failing: 'steps: [{ id: a, tool: no_such_tool }]',
  });
  server = await startServer({
    env: { PULLCORD_WORKFLOWS_DIR: folder, PULLCORD_TOKENS: 'ada:secret-a,bo:secret-b' },
  });
  api = caller(server, { token: 'secret-a' });
  context = (await createContext(api)).id;
  const ids: string[] = [];
  for (const [workflow, end] of [
    ['quick', 'completed'],
    ['failing', 'failed'],
    ['quick', 'completed'],
    ['asking', 'running'],
  ] as const) {
    const execution = await ExecutionClient.begin(api, workflow, {}, { context_id: context });
    ids.push((await execution.reaches(end)).id);
  }
  begun = ids;
  await (await ExecutionClient.begin(api, 'quick')).reaches('completed');
});

const list = async (query = ''): Promise<Page> =>
  body(await api.get<Page>(`/contexts/${context}/workflow-executions${query}`));

describe('the executions of a context', () => {
  it('are listed newest first, with how each stands, and none of another context', async () => {
    const { executions, next_cursor } = await list();
    expect(executions.map(({ id }) => id)).toEqual(begun.toReversed());
    expect(executions.map(({ status }) => status)).toEqual(['running', 'completed', 'failed', 'completed']);
    expect(next_cursor).toBeNull();
    const whole = body(await api.get<Summary>(`/workflow-executions/${begun[1]}`));
    expect(executions[2]).toEqual({
      id: whole.id,
      workflow_id: 'failing',
      context_id: context,
      message_id: whole['message_id'],
      status: 'failed',
      error: whole['error'],
      created_at: whole['created_at'],
      ended_at: expect.any(String) as string,
    });
    expect(executions[0]).not.toHaveProperty('ended_at');
  });

  it('come in pages, which a new execution does not shift', async () => {
    const first = await list('?limit=2');
    expect(first.executions.map(({ id }) => id)).toEqual(begun.toReversed().slice(0, 2));
    const fifth = await ExecutionClient.begin(api, 'asking', {}, { context_id: context });
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(second.executions.map(({ id }) => id)).toEqual(begun.toReversed().slice(2));
    expect(second.next_cursor).toBeNull();
    expect((await list('?limit=1')).executions[0]?.id).toBe(fifth.id);
  });

  it('can be read while the context is archived', async () => {
    const { id } = await createContext(api);
    const execution = await ExecutionClient.begin(api, 'quick', {}, { context_id: id });
    await execution.reaches('completed');
    await act(api, id, 'archive');
    const { executions } = body(await api.get<Page>(`/contexts/${id}/workflow-executions`));
    expect(executions).toMatchObject([{ id: execution.id, status: 'completed' }]);
  });

  it('are none where none ran, and not there for others', async () => {
    const { id } = await createContext(api);
    const path = `/contexts/${id}/workflow-executions`;
    expect(body(await api.get(path))).toEqual({ executions: [], next_cursor: null });
    const bo = caller(server, { token: 'secret-b' });
    expect(refused(await bo.get(path))).toBe('404 context_not_found');
    expect(refused(await api.get('/contexts/x/workflow-executions'))).toBe('404 context_not_found');
  });
});
