// The document against the running server: whatever is asked, well or badly, is answered as the document says.
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentedCalls, type Asked } from '../support/documented-calls.js';
import type { Answer } from '../support/http.js';
import { everything } from '../support/mcp.js';
import {
  misfits,
  operationOf,
  operations,
  valuesOf,
  type PlacedOperation,
} from '../support/openapi-document.js';
import { startServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';
import { formOf, pixel, type Attachment } from '../support/upload.js';
import { workflowFolder } from '../support/workflow-client.js';

interface Id {
  readonly id: string;
}
interface Accepted {
  readonly message_id: string;
  readonly run_id: string;
  readonly state: { readonly type: string };
}

const nobody = '0199c9a2-0000-7000-8000-000000000000';
const token = 'sesame-sesame-sesame';
const signal = { $ref: '#/components/schemas/Signal' };
const ids = operations.map(({ operationId }) => operationId);
const withBody = operations.filter(({ requestBody }) => requestBody);
const isForm = ({ requestBody }: PlacedOperation): boolean =>
  requestBody?.content['multipart/form-data'] !== undefined;
const takesJson = operations.filter(
  (operation) => ['post', 'patch'].includes(operation.method) && !isForm(operation),
);
const inContext = operations.filter(({ path }) => path.includes('{context_id}'));

let calls: DocumentedCalls;
let context: string;

beforeAll(async () => {
  const workflows = workflowFolder({
    release_notes:
      'inputs: { topic: { type: string } }\nsteps: [{ id: ask, prompt: "About ${{ inputs.topic }}" }]',
    asking: 'steps: [{ id: ask, approval: Go on? }, { id: broken, tool: none }]',
  });
  const env = {
    PULLCORD_SCRIPTED_PACE_MS: '1',
    PULLCORD_BODY_LIMIT_BYTES: '65536',
    PULLCORD_IMPORT_BYTES: '65536',
    PULLCORD_WORKFLOWS_DIR: workflows,
    PULLCORD_MCP_SERVERS: JSON.stringify({ all: everything, gone: { command: '/no/such/program' } }),
  };
  calls = new DocumentedCalls(await startServer({ dialect: 'sqlite', env }));
  context = await create();
});

async function create(): Promise<string> {
  const { body } = await calls.call<Id>('createContext', { body: { title: 'Leases' } });
  return body.id;
}

async function send(id: string, content: string, more: object = {}): Promise<Accepted> {
  const { body, status } = await calls.call<Accepted>('sendMessage', {
    path: { context_id: id },
    body: { content, ...more },
  });
  expect(status).toBe(202);
  return body;
}

async function settled(id: string): Promise<void> {
  const state = async (): Promise<string> => {
    const { body } = await calls.call<{ state: { type: string } }>('getContextState', {
      path: { context_id: id },
    });
    return body.state.type;
  };
  await until(async () => ['awaiting_user', 'error'].includes(await state()), { what: 'the turn to end' });
}

const exampleOf = ({ requestBody }: PlacedOperation): unknown =>
  valuesOf(requestBody?.content['application/json'] ?? {})[0];

async function branchesOf(path: { readonly context_id: string }): Promise<void> {
  const made = await calls.call<Id>('createBranch', {
    path,
    body: { name: 'Aside', from_message_id: null, config: { system_prompt: 'Be brief.' } },
  });
  expect(made.status).toBe(201);
  expect((await calls.call('createBranch', { path, body: { name: 'ASIDE' } })).code).toBe(
    'branch_name_taken',
  );
  const branch = { ...path, branch_id: made.body.id };
  expect((await calls.call('listBranches', { path })).status).toBe(200);
  expect((await calls.call('getBranch', { path: branch })).status).toBe(200);
  expect((await calls.call('patchBranch', { path: branch, body: { name: 'Beside' } })).status).toBe(200);
  const query = { base: 'main', head: branch.branch_id, limit: 1 };
  expect((await calls.call('compareBranches', { path, query })).status).toBe(200);
  const merge = { source: 'main', target: branch.branch_id, strategy: 'append' };
  expect((await calls.call('mergeBranch', { path, body: merge })).status).toBe(202);
  expect((await calls.call('deleteBranch', { path: branch })).status).toBe(204);
  expect((await calls.call('deleteBranch', { path: branch })).code).toBe('branch_not_found');
  expect((await calls.call('deleteBranch', { path: { ...path, branch_id: 'main' } })).code).toBe(
    'branch_in_use',
  );
}

/** The most that the operation asks for, in a context that is there and with a message that is not. */
const plausible = (operation: PlacedOperation, contextId: string): Asked => ({
  path: {
    ...{ context_id: contextId, message_id: nobody, execution_id: nobody, attachment_id: nobody },
    system_prompt_id: nobody,
    model_call_id: nobody,
    branch_id: nobody,
    workflow_id: 'release_notes',
  },
  ...(operation.requestBody && (isForm(operation) ? formOf({}) : { body: exampleOf(operation) })),
});

describe('what is asked well', () => {
  it('contexts', async () => {
    const path = { context_id: await create() };
    const { headers } = await calls.call('getContext', { path });
    const etag = headers.get('etag') ?? '';
    const unchanged = { path, headers: { 'If-None-Match': etag } };
    expect((await calls.call('getContext', unchanged)).status).toBe(304);
    expect((await calls.call('getContextMetadata', { path })).status).toBe(200);
    expect((await calls.call('listContexts', { query: { limit: 1, q: 'lease' } })).status).toBe(200);
    const change = { path, body: { title: 'Leases again', config: { parameters: { temperature: 1 } } } };
    expect((await calls.call('patchContext', { ...change, headers: { 'If-Match': etag } })).status).toBe(200);
    expect((await calls.call('patchContext', { ...change, headers: { 'If-Match': etag } })).code).toBe(
      'revision_mismatch',
    );
    expect((await calls.call('deleteContext', { path, headers: { 'If-Match': etag } })).status).toBe(412);
    expect((await calls.call('deleteContext', { path })).status).toBe(204);
    expect((await calls.call('listDeletedContexts', { query: { limit: 1 } })).status).toBe(200);
    expect((await calls.call('undeleteContext', { path })).status).toBe(202);
    expect((await calls.call('deleteContext', { path, query: { purge: 'true' } })).status).toBe(204);
    expect((await calls.call('undeleteContext', { path })).code).toBe('context_not_found');
    expect((await calls.call('listAudit', { query: { limit: 2 } })).status).toBe(200);
  });

  it('a conversation, its messages and its chunks', async () => {
    const path = { context_id: await create() };
    expect((await calls.call('retryAnswer', { path })).code).toBe('nothing_to_retry');
    const asked = await send(path.context_id, 'What is a lease?\n/reason\n/tool look_up {"word":"lease"}');
    await settled(path.context_id);
    const pulls: Asked['query'][] = [
      { changed_since: 0 },
      { limit: 1 },
      { ids: `${asked.message_id},${nobody}` },
    ];
    for (const query of pulls) expect((await calls.call('pullMessages', { path, query })).status).toBe(200);
    const { body } = await calls.call<{ messages: Id[] }>('pullMessages', {
      path,
      query: { changed_since: 0 },
    });
    for (const { id } of body.messages) {
      const message = { ...path, message_id: id };
      const { headers } = await calls.call('getMessage', { path: message });
      const unchanged = { path: message, headers: { 'If-None-Match': headers.get('etag') ?? '' } };
      expect((await calls.call('getMessage', unchanged)).status).toBe(304);
      expect((await calls.call('pullChunks', { path: message, query: { after: 0 } })).status).toBe(200);
    }
    expect((await calls.call('retryAnswer', { path })).status).toBe(202);
    await settled(path.context_id);
    const edit = { message_id: asked.message_id, content: 'What is a lease, briefly?' };
    expect((await calls.call('editMessage', { path, body: edit })).status).toBe(202);
    await settled(path.context_id);
    expect((await calls.call('switchBranch', { path, body: { branch: 'main' } })).status).toBe(202);
    const paged = { path, query: { branch: 'main' } };
    const { body: shown } = await calls.call<{ siblings: unknown[] }>('pullMessages', paged);
    expect(shown.siblings.length).toBeGreaterThan(0);
    await branchesOf(path);
    expect((await calls.call('generateTitle', { path })).status).toBe(202);
    expect((await calls.call('postMessage', { path, body: { content: 'As of old' } })).status).toBe(202);
    await settled(path.context_id);
    expect((await calls.call('archiveContext', { path })).status).toBe(202);
    expect((await calls.call('sendMessage', { path, body: { content: 'Hello?' } })).code).toBe(
      'illegal_transition',
    );
    expect((await calls.call('restoreContext', { path })).status).toBe(202);
  });

  it('search', async () => {
    const query = { q: 'lease', role: 'user', kind: 'text', from: '2020-01-01T00:00:00Z', limit: 1 };
    expect((await calls.call('searchMessages')).status).toBe(200);
    expect((await calls.call('searchMessages', { query })).status).toBe(200);
    expect((await calls.call('searchMessages', { query: { role: 'king' } })).code).toBe('invalid_request');
  });

  it('usage', async () => {
    const query = { group_by: 'day,model', from: '2020-01-01', format: 'json', limit: 1 };
    expect((await calls.call('getUsage')).status).toBe(200);
    expect((await calls.call('getUsage', { query })).status).toBe(200);
    expect((await calls.call('getUsage', { query: { group_by: 'king' } })).code).toBe('invalid_request');
  });

  it('calls that wait to be approved', async () => {
    expect((await calls.call('listModelCalls')).status).toBe(200);
    const path = { model_call_id: nobody };
    expect((await calls.call('approveModelCall', { path })).code).toBe('model_call_not_found');
    expect((await calls.call('denyModelCall', { path })).code).toBe('model_call_not_found');
  });

  it('files', async () => {
    const path = { context_id: await create() };
    await send(path.context_id, 'What is a lease?');
    await settled(path.context_id);
    const { body, status } = await calls.call('exportContext', { path });
    expect(status).toBe(200);
    const same = { body, query: { ids: 'same' } };
    expect((await calls.call('importContexts', same)).code).toBe('id_taken');
    expect((await calls.call('deleteContext', { path, query: { purge: 'true' } })).status).toBe(204);
    expect((await calls.call('importContexts', same)).status).toBe(201);
    expect((await calls.call('importContexts', { body })).status).toBe(201);
  });

  it('pins, previews and summaries', async () => {
    const path = { context_id: await create() };
    expect((await calls.call('compressContext', { path })).code).toBe('unprocessable');
    const { message_id } = await send(path.context_id, 'What is a lease?');
    await settled(path.context_id);
    const message = { path: { ...path, message_id } };
    for (const id of ['pinMessage', 'unpinMessage']) expect((await calls.call(id, message)).status).toBe(200);
    const elsewhere = { path: { ...path, message_id: nobody } };
    expect((await calls.call('pinMessage', elsewhere)).code).toBe('message_not_found');
    const query = { branch: 'main', model: 'scripted/default' };
    expect((await calls.call('previewPrompt', { path, query })).status).toBe(200);
    expect((await calls.call('previewPrompt', { path, query: { branch: 'none' } })).code).toBe(
      'branch_not_found',
    );
    expect((await calls.call('previewPrompt', { path, query: { model: 'none/x' } })).code).toBe(
      'unknown_model',
    );
    expect((await calls.call('compressContext', { path })).status).toBe(202);
    await settled(path.context_id);
  });

  it('tools', async () => {
    expect((await calls.call('listTools')).status).toBe(200);
    expect((await calls.call('listTools', { query: { role: 'planner' } })).status).toBe(200);
    expect((await calls.call('listTools', { query: { role: 'king' } })).code).toBe('invalid_request');
  });

  it('MCP servers', async () => {
    const path = { server: 'all', prompt: 'args-prompt' };
    expect((await calls.call('listMcpServers')).status).toBe(200);
    for (const id of ['listMcpResources', 'listMcpPrompts']) {
      expect((await calls.call(id, { path })).status).toBe(200);
      expect((await calls.call(id, { path: { server: 'nobody' } })).code).toBe('mcp_server_not_found');
      expect((await calls.call(id, { path: { server: 'gone' } })).code).toBe('mcp_unavailable');
    }
    const read = (uri: string) => calls.call('readMcpResource', { path, query: { uri } });
    expect((await read('demo://resource/dynamic/text/1')).status).toBe(200);
    expect((await read('demo://resource/dynamic/blob/1')).status).toBe(200);
    expect((await read('demo://nowhere')).code).toBe('mcp_resource_not_found');
    const fill = (body: object) => calls.call('getMcpPrompt', { path, body });
    expect((await fill({ arguments: { city: 'Ghent' } })).status).toBe(200);
    expect((await fill({})).code).toBe('mcp_refused');
    expect((await calls.call('listMcpServers')).status).toBe(200);
  });

  it('each kind of message, as the examples show them', async () => {
    const path = { context_id: await create() };
    const kinds = valuesOf(operationContent('getMessage')) as { kind: string; data: object; role: string }[];
    expect(kinds).toHaveLength(15);
    for (const { kind, data, role } of kinds.filter((example) => example.kind !== 'streaming_response')) {
      const { body, status } = await calls.call<Accepted>('appendMessage', {
        path,
        body: { payload: { kind, data }, role },
      });
      expect({ [kind]: status }).toEqual({ [kind]: 202 });
      const shown = { ...path, message_id: body.message_id };
      expect((await calls.call('getMessage', { path: shown })).body).toMatchObject({ kind, data });
    }
  });

  it('a run that is busy, cancelled, and over its limit of tool rounds', async () => {
    const path = { context_id: await create() };
    const { run_id } = await send(path.context_id, 'Wait\n/words 9\n/stall 3');
    expect((await calls.call('sendMessage', { path, body: { content: 'Now' } })).code).toBe('context_busy');
    expect(
      (
        await calls.call('appendMessage', {
          path,
          body: { payload: { kind: 'text', data: { content: 'x' } }, role: 'user' },
        })
      ).code,
    ).toBe('context_busy');
    expect((await calls.call('continueTurn', { path })).code).toBe('illegal_transition');
    expect((await calls.call('cancelRun', { path, body: { run_id } })).status).toBe(202);
    expect((await calls.call('cancelRun', { path })).status).toBe(202);
    await send(path.context_id, 'Again\n/tool look_up {}\n/rounds 1000');
    await settled(path.context_id);
    expect((await calls.call('continueTurn', { path })).status).toBe(202);
    await calls.call('cancelRun', { path });
  });

  it('calls that wait for approval', async () => {
    const path = { context_id: await create() };
    await send(path.context_id, 'What time is it?\n/tool current_time {}');
    await settled(path.context_id);
    const { body: now } = await calls.call<{
      state: { pending?: readonly { tool_call_id: string }[] };
    }>('getContextState', { path });
    const [call] = now.state.pending ?? [];
    const decided = (decision: string) => ({
      path,
      body: { approvals: [{ tool_call_id: call?.tool_call_id, decision }] },
    });
    expect((await calls.call('approveTools', decided('approve'))).status).toBe(202);
    expect(['illegal_transition', 'decision_conflict']).toContain(
      (await calls.call('approveTools', decided('deny'))).code,
    );
  });

  it('an external producer', async () => {
    const path = { context_id: await create() };
    const { body, status } = await calls.call<Accepted>('beginStream', {
      path,
      body: { model: 'elsewhere' },
    });
    expect(status).toBe(201);
    const message = { ...path, message_id: body.message_id };
    const chunks = { chunks: [{ delta: 'Hel' }, { delta: 'lo' }], expected_sequence: 0 };
    expect((await calls.call('appendChunks', { path: message, body: chunks })).status).toBe(200);
    expect((await calls.call('appendChunks', { path: message, body: chunks })).code).toBe(
      'sequence_mismatch',
    );
    expect((await calls.call('pullChunks', { path: message, query: { after: 9 } })).code).toBe(
      'cursor_ahead',
    );
    const end = { finish_reason: 'stop', usage: { prompt: 1, completion: 2 } };
    expect((await calls.call('finalizeStream', { path: message, body: end })).status).toBe(200);
    expect((await calls.call('finalizeStream', { path: message, body: end })).code).toBe('stream_closed');
    expect(
      (await calls.call('appendChunks', { path: message, body: { chunks: [{ delta: '!' }] } })).code,
    ).toBe('stream_closed');
  });

  it('signals', async () => {
    const path = { context_id: await create() };
    const streams = await Promise.all(
      ['streamContextEvents', 'streamEvents'].map(async (id) => {
        const operation = operationOf(id);
        const stream = await SseStream.open(calls.addressOf(operation, { path }));
        calls.note(id, stream.status);
        expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
        return stream;
      }),
    );
    await send(path.context_id, 'What is a lease?\n/reason');
    await settled(path.context_id);
    await calls.call('patchContext', { path, body: { title: 'Signals' } });
    await calls.call('deleteContext', { path });
    for (const stream of streams) {
      await stream.nextSignal('context_deleted');
      for (const sent of stream.signals)
        expect({ sent, why: misfits(signal, sent) }).toEqual({ sent, why: [] });
      stream.destroy();
    }
  });

  it('the session', async () => {
    const context_id = await create();
    expect((await calls.call('openTab', { body: { context_id } })).status).toBe(200);
    const change = { preferences: { theme: 'dark' }, ui_state: { client: { panel: 'files' } } };
    expect((await calls.call('patchSession', { body: change })).status).toBe(200);
    expect((await calls.call('getSession')).status).toBe(200);
    expect((await calls.call('closeTab', { path: { context_id } })).status).toBe(200);
  });

  it('workflows and their executions', async () => {
    expect((await calls.call('listWorkflows')).status).toBe(200);
    expect((await calls.call('getWorkflow', { path: { workflow_id: 'release_notes' } })).status).toBe(200);
    const begun = await Promise.all(
      ['release_notes', 'asking'].map((workflow_id) =>
        calls.call<{ execution_id: string }>('executeWorkflow', {
          path: { workflow_id },
          body: workflow_id === 'asking' ? {} : { input: { topic: 'leases' } },
        }),
      ),
    );
    for (const {
      body: { execution_id },
    } of begun) {
      const path = { execution_id };
      const isOver = async (): Promise<boolean> =>
        ['completed', 'running'].includes(
          (await calls.call<{ status: string }>('getWorkflowExecution', { path })).body.status,
        );
      await until(isOver, { what: 'the execution to rest' });
    }
    const path = { execution_id: begun[1]?.body.execution_id ?? '' };
    const { context_id } = (await calls.call<{ context_id: string }>('getWorkflowExecution', { path })).body;
    const listed = await calls.call<{ executions: object[] }>('listWorkflowExecutions', {
      path: { context_id },
    });
    expect(listed.body.executions).toMatchObject([{ id: path.execution_id, status: 'running' }]);
    for (const id of ['pauseWorkflowExecution', 'resumeWorkflowExecution', 'cancelWorkflowExecution'])
      expect((await calls.call(id, { path })).status).toBe(202);
    expect((await calls.call('getWorkflowExecution', { path })).body).toMatchObject({ status: 'cancelled' });
    expect((await calls.call('pauseWorkflowExecution', { path })).code).toBe('illegal_transition');
  });

  it('models', async () => {
    expect((await calls.call('getToken')).status).toBe(200);
    expect((await calls.call('listModels', { query: { limit: 1 } })).status).toBe(200);
    expect((await calls.call('listModels', { query: { limit: 0 } })).code).toBe('invalid_request');
    expect((await calls.call('getModel', { path: { model_id: 'scripted/default' } })).status).toBe(200);
    const nothing = { path: { model_id: 'nobody/nothing' } };
    expect((await calls.call('getModel', nothing)).code).toBe('model_not_found');
  });

  it('attachments', async () => {
    const sent = await calls.call<Attachment>('uploadAttachment', formOf({}));
    expect(sent.status).toBe(201);
    expect((await calls.call('uploadAttachment', formOf({}))).status).toBe(200);
    const path = { attachment_id: sent.body.id };
    const { headers } = await calls.call('getAttachment', { path });
    const unchanged = { path, headers: { 'If-None-Match': headers.get('etag') ?? '' } };
    expect((await calls.call('getAttachment', unchanged)).status).toBe(304);
    expect((await calls.call('listAttachments', { query: { limit: 1 } })).status).toBe(200);
    const picture = await calls.call<Attachment>(
      'uploadAttachment',
      formOf({ name: 'a.pdf', type: 'application/pdf', bytes: '%PDF-1.4\n%%EOF' }),
    );
    const content = { path: { attachment_id: picture.body.id } };
    const whole = await calls.call('getAttachmentContent', content);
    const known = { ...content, headers: { 'If-None-Match': whole.headers.get('etag') ?? '' } };
    expect((await calls.call('getAttachmentContent', known)).status).toBe(304);
    const ranged = (range: string): Asked => ({ ...content, headers: { range } });
    expect((await calls.call('getAttachmentContent', ranged('bytes=0-3'))).status).toBe(206);
    expect((await calls.call('getAttachmentContent', ranged('bytes=99-'))).code).toBe(
      'range_not_satisfiable',
    );
    const wrong = formOf({ name: 'a.jpg', type: 'image/jpeg', bytes: pixel });
    expect((await calls.call('uploadAttachment', wrong)).code).toBe('attachment_refused');
    expect((await calls.call('uploadAttachment', { body: '{}' })).code).toBe('unsupported_media_type');
    expect((await calls.call('deleteAttachment', { path })).status).toBe(204);
    expect((await calls.call('deleteAttachment', { path })).code).toBe('attachment_not_found');
  });

  it('system prompts', async () => {
    const body = { name: 'Tutor', content: 'Teach {{reader}}.', variables: [{ name: 'reader' }] };
    const made = await calls.call<Id>('createSystemPrompt', { body });
    expect(made.status).toBe(201);
    const path = { system_prompt_id: made.body.id };
    const etag = made.headers.get('etag') ?? '';
    const unchanged = { path, headers: { 'If-None-Match': etag } };
    expect((await calls.call('getSystemPrompt', { path })).status).toBe(200);
    expect((await calls.call('getSystemPrompt', unchanged)).status).toBe(304);
    expect((await calls.call('listSystemPrompts', { query: { limit: 1 } })).status).toBe(200);
    const change = { path, body: { content: 'Be brief.', variables: [] }, headers: { 'If-Match': etag } };
    expect((await calls.call('patchSystemPrompt', change)).status).toBe(200);
    expect((await calls.call('patchSystemPrompt', change)).code).toBe('revision_mismatch');
    expect((await calls.call('patchSystemPrompt', { path, body: { content: '{{x}}' } })).code).toBe(
      'wrong_variables',
    );
    expect((await calls.call('listSystemPromptVersions', { path })).status).toBe(200);
    const config = { system_prompt_id: path.system_prompt_id };
    const context = await calls.call<Id>('createContext', { body: { config } });
    expect((await calls.call('deleteSystemPrompt', { path })).code).toBe('system_prompt_in_use');
    await calls.call('deleteContext', { path: { context_id: context.body.id }, query: { purge: 'true' } });
    expect((await calls.call('deleteSystemPrompt', { path })).status).toBe(204);
    expect((await calls.call('createContext', { body: { config } })).code).toBe('unknown_system_prompt');
  });

  it('what is about the server itself', async () => {
    for (const id of ['getWelcome', 'getOpenapi', 'getLiveness', 'getReadiness'])
      expect((await calls.call(id)).status).toBe(200);
    expect((await calls.call('executeTool', { body: { tool_name: 'look_up' } })).code).toBe('tool_not_found');
  });

  afterAll(() => {
    const isSeen = (id: string): boolean => [...(calls.seen.get(id) ?? [])].some((status) => status < 300);
    // There are no tools to execute; that route is kept for its refusals. No call waits to be approved here.
    expect(ids.filter((id) => !isSeen(id))).toEqual(['approveModelCall', 'denyModelCall', 'executeTool']);
  });
});

const operationContent = (id: string) =>
  operationOf(id).responses['200']?.content?.['application/json'] ?? {};

/** With a Host of its own, which fetch would not send. */
async function underName(host: string, method: string, url: string): Promise<Answer<unknown>> {
  const asked = request(url, { method, headers: { host } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const headers = new Headers(response.headers as Record<string, string>);
  return { status: response.statusCode ?? 0, headers, body: await json(response) };
}

describe('what is asked badly', () => {
  it.each(inContext.map(({ operationId }) => operationId))(
    '%s of a context that is not there',
    async (id) => {
      const asked = plausible(operationOf(id), nobody);
      expect((await calls.call(id, asked)).status).toBe(404);
      for (const wrong of ['nobody', '%ff', '%00', 'A'.repeat(100), '..%2f..'])
        expect(
          (await calls.call(id, { ...asked, path: { context_id: wrong, message_id: nobody } })).status,
        ).toBeLessThan(500);
    },
  );

  it.each(takesJson.map(({ operationId }) => operationId))('%s with a body that is none', async (id) => {
    const asked = plausible(operationOf(id), context);
    for (const body of ['{', '[]', '"text"', 'null', '{"unheard_of":1}', new Uint8Array([0x22, 0xff, 0x22])])
      expect((await calls.call(id, { ...asked, body })).status).toBe(400);
    const text = { 'content-type': 'text/plain' };
    expect((await calls.call(id, { ...asked, body: 'Hello', headers: text })).code).toBe(
      'unsupported_media_type',
    );
    const huge = `{"content":"${'a'.repeat(70_000)}"}`;
    expect((await calls.call(id, { ...asked, body: huge })).code).toBe('body_too_large');
  });

  it.each(withBody.map(({ operationId }) => operationId))(
    '%s with the body of the example is not a bad request',
    async (id) => {
      const { status } = await calls.call(id, plausible(operationOf(id), await create()));
      expect(status).not.toBe(400);
    },
  );

  it('with parameters that are out of range', async () => {
    const wrong = operations.flatMap(({ operationId, parameters = [] }) =>
      parameters
        .filter(
          ({ in: place, schema }) =>
            place === 'query' &&
            ((schema.type !== 'string' || schema.format) ?? schema.pattern ?? schema.enum),
        )
        .map(({ name }) => [operationId, name] as const),
    );
    expect(wrong.length).toBeGreaterThan(10);
    for (const [id, name] of wrong) {
      const path = { context_id: context, message_id: nobody, system_prompt_id: nobody };
      const asked = { path, query: { [name]: '\u0001' } };
      expect({ id, name, code: (await calls.call(id, asked)).code }).toEqual({
        id,
        name,
        code: 'invalid_request',
      });
    }
  });

  it('with keys that are none, or another request’s', async () => {
    const keyed = operations.filter(({ parameters = [] }) =>
      parameters.some(({ name }) => name === 'Idempotency-Key'),
    );
    expect(keyed.length).toBeGreaterThan(10);
    await calls.call('createContext', { body: {}, headers: { 'Idempotency-Key': 'taken' } });
    for (const operation of keyed) {
      const asked = plausible(operation, context);
      const id = operation.operationId;
      const under = (key: string): Asked => ({
        ...asked,
        headers: { ...asked.headers, 'Idempotency-Key': key },
      });
      expect((await calls.call(id, under('two words'))).code).toBe('invalid_request');
      expect((await calls.call(id, under('taken'))).code).toBe('idempotency_key_reused');
    }
  });

  it('under another host’s name', async () => {
    for (const operation of operations) {
      const url = calls.addressOf(operation, { path: { context_id: context, message_id: nobody } });
      const answer = await underName('elsewhere.example', operation.method, url);
      calls.hold(operation.operationId, answer);
      expect(answer.body).toMatchObject({ code: 'host_not_allowed' });
    }
  });

  it('without a token, where one is needed', async () => {
    const guarded = new DocumentedCalls(
      await startServer({ dialect: 'sqlite', env: { PULLCORD_TOKENS: `ada:${token}` } }),
    );
    for (const operation of operations) {
      const { status } = await guarded.call(operation.operationId, plausible(operation, nobody));
      expect({ [operation.operationId]: status }).toEqual({
        [operation.operationId]: operation.security ? 200 : 401,
      });
    }
    expect((await guarded.call('listContexts', { token })).status).toBe(200);
  });
});
