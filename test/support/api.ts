// The API in one line per call, for tests that are about something else; each fails when the call is refused.
import { expect } from 'vitest';
import type { ContextState } from '../../src/contexts/context-state.js';
import type { Message } from '../../src/messages/message-kinds.js';
import type { Answer, Caller } from './http.js';
import { until } from './until.js';

/** What a refusal holds; some codes add facts of their own. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly [fact: string]: unknown;
}

export interface Metadata {
  readonly id: string;
  readonly title: string | null;
  readonly state: ContextState;
  readonly active_branch: string;
  readonly message_count: number;
  readonly revision: number;
  readonly model: string | null;
  readonly mode: string | null;
  readonly streaming: readonly { readonly message_id: string; readonly current_sequence: number }[];
  readonly created_at: string;
  readonly updated_at: string;
}

export interface WholeContext extends Metadata {
  readonly config: Readonly<Record<string, unknown>>;
  readonly branches: readonly { readonly id: string; readonly head_message_id: string | null }[];
  readonly allowed_actions: readonly string[];
}

export interface Accepted {
  readonly context_id: string;
  readonly message_id: string;
  readonly run_id: string;
  readonly state: ContextState;
  readonly revision: number;
}

export interface MessagePage {
  readonly branch: string;
  readonly messages: readonly Message[];
  readonly has_more: boolean;
}

export interface ChunkPage {
  readonly chunks: readonly { readonly sequence: number; readonly kind: string; readonly delta: string }[];
  readonly current_sequence: number;
  readonly has_more: boolean;
  readonly status: string;
  readonly finish_reason: string | null;
}

/** The body of an answer that has this status; the whole answer is shown when it has another. */
export function body<Body>(answer: Answer<Body>, status = 200): Body {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  return answer.body;
}

/** The problem that a refusal is, checked for what every problem must have. */
export function refusal(answer: Answer<unknown>): Problem {
  expect({ type: answer.headers.get('content-type'), body: answer.body }).toMatchObject({
    type: expect.stringMatching(/^application\/problem\+json\b/) as string,
  });
  const problem = answer.body as Problem;
  expect(problem).toMatchObject({
    type: `/problems/${problem.code}`,
    title: expect.stringMatching(/./) as string,
    status: answer.status,
    detail: expect.stringMatching(/./) as string,
    instance: `urn:request:${answer.headers.get('x-request-id')}`,
    code: expect.stringMatching(/^[a-z_]+$/) as string,
  });
  return problem;
}

/** Status and code of a refusal, as tables state them. */
export const refused = (answer: Answer<unknown>): string => `${answer.status} ${refusal(answer).code}`;

export const createContext = async (api: Caller, input: object = {}): Promise<WholeContext> =>
  body(await api.post<WholeContext>('/contexts', input), 201);

export const getContext = async (api: Caller, id: string): Promise<WholeContext> =>
  body(await api.get<WholeContext>(`/contexts/${id}`));

export const getMetadata = async (api: Caller, id: string): Promise<Metadata> =>
  body(await api.get<Metadata>(`/contexts/${id}/metadata`));

/** Any command, by its name. */
export const act = async (api: Caller, id: string, action: string, input: object = {}): Promise<Accepted> =>
  body(await api.post<Accepted>(`/contexts/${id}/actions/${action}`, input), 202);

export const appendText = (
  api: Caller,
  id: string,
  content: string,
  role: Message['role'] = 'user',
): Promise<Accepted> =>
  act(api, id, 'append_message', { role, payload: { kind: 'text', data: { content } } });

export const getMessage = async (api: Caller, id: string, messageId: string): Promise<Message> =>
  body(await api.get<Message>(`/contexts/${id}/messages/${messageId}`));

/** A page of messages; of the active branch, the newest, unless `query` says otherwise. */
export const getPage = async (api: Caller, id: string, query = ''): Promise<MessagePage> =>
  body(await api.get<MessagePage>(`/contexts/${id}/messages${query}`));

/** The path of a message that an external producer has just begun. */
export async function beginStream(api: Caller, id: string, input: object = {}): Promise<string> {
  const begun = body(await api.post<Accepted>(`/contexts/${id}/messages/streaming`, input), 201);
  return `/contexts/${id}/messages/${begun.message_id}`;
}

/** Appends a chunk for each text, and gives the sequence that the stream has got to. */
export async function appendDeltas(
  api: Caller,
  stream: string,
  ...deltas: readonly string[]
): Promise<number> {
  const chunks = deltas.map((delta) => ({ delta }));
  const answer = await api.post<{ current_sequence: number }>(`${stream}/streaming-chunks`, { chunks });
  return body(answer).current_sequence;
}

export const finalize = async (api: Caller, stream: string, finish_reason = 'stop'): Promise<void> => {
  body(await api.post(`${stream}/finalize`, { finish_reason }));
};

export const pullChunks = async (api: Caller, stream: string, query = ''): Promise<ChunkPage> =>
  body(await api.get<ChunkPage>(`${stream}/streaming-chunks${query}`));

/** Waits until the context is in a state of this type. */
export const reaches = (api: Caller, id: string, type: string): Promise<Metadata> =>
  until(
    async () => {
      const seen = await getMetadata(api, id);
      return seen.state.type === type && seen;
    },
    { what: `the state ${type}` },
  );

/** A fork of the context: its second message is said in other words. Ends with the answer to the fork. */
export async function fork(api: Caller, id: string, messageId: string, content: string): Promise<string> {
  await act(api, id, 'edit_message', { message_id: messageId, content });
  const { active_branch } = await reaches(api, id, 'awaiting_user');
  return active_branch;
}

/** Waits for the server's clock to show another millisecond, so that what comes next is later, not as late. */
export const nextMillisecond = async (): Promise<void> => {
  const now = Date.now();
  await until(() => Date.now() > now, { what: 'another millisecond' });
};
