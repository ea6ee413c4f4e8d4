// What a refusal says is for the people who read it: in words of the API, and with no name from inside the server.
import { beforeAll, describe, expect, it } from 'vitest';
import { act, appendText, createContext, getContext, refusal } from '../support/api.js';
import { caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { workflowFolder } from '../support/workflow-client.js';

let server: TestServer;
beforeAll(async () => {
  const folder = workflowFolder({ one: 'steps: [{ id: a, set: { n: 1 } }]' });
  server = await startServer({ env: { PULLCORD_WORKFLOWS_DIR: folder } });
});
const api = caller({
  get url() {
    return server.url;
  },
});

const text = { kind: 'text', data: { content: 'Hello' } };

describe('in an archived context', () => {
  it.each([
    [
      'a workflow',
      'a workflow',
      (id: string) => ({ path: '/workflows/one/execute', body: { context_id: id } }),
    ],
    ['send_message', 'a new message', commandOf('send_message', { content: 'Hello' })],
    ['append_message', 'a new message', commandOf('append_message', { role: 'user', payload: text })],
    ['retry', 'retry', commandOf('retry', {})],
    ['archive', 'archive', commandOf('archive', {})],
    ['continue', 'continue', commandOf('continue', {})],
  ])('%s is refused as what it is', async (_, words, requestFor) => {
    const { id } = await createContext(api);
    await appendText(api, id, 'One');
    await act(api, id, 'archive');
    const { path, body } = requestFor(id);
    const { revision } = await getContext(api, id);
    expect(refusal(await api.post(path, body))).toMatchObject({
      code: 'illegal_transition',
      state: { type: 'archived' },
      detail: `The context is in state archived, where ${words} is not possible.`,
    });
    expect((await getContext(api, id)).revision).toBe(revision);
  });
});

function commandOf(action: string, body: object) {
  return (id: string) => ({ path: `/contexts/${id}/actions/${action}`, body });
}
