// What somebody writes who has only the OpenAPI document: compiled against the generated client, which exists only
// while the test beside this folder runs. Lines marked as errors show that the types refuse what the server would.
import { createClient } from './generated/client/index.js';
import {
  archiveContext,
  createContext,
  getContext,
  pullChunks,
  pullMessages,
  sendMessage,
  streamContextEvents,
} from './generated/sdk.gen.js';
import type { Chunk, Message, MessageChanges, Problem, Signal } from './generated/types.gen.js';

export interface Talk {
  readonly signals: readonly string[];
  /** Joined from the chunks, pulled whenever a signal said that there are more. */
  readonly streamed: string;
  /** What each message is, by its kind. */
  readonly messages: readonly string[];
  readonly state: string;
}

/** Asks, follows the answer by signal and pull, and looks at what is left in the end. */
export async function talk(baseUrl: string, question: string): Promise<Talk> {
  const client = createClient({ baseUrl });
  const created = await createContext({ client, body: { title: 'Leases' }, throwOnError: true });
  const path = { context_id: created.data.id };
  const end = new AbortController();
  const { stream } = await streamContextEvents({ client, path, signal: end.signal, sseMaxRetryAttempts: 1 });
  const signals: string[] = [];
  const chunks: Chunk[] = [];
  for await (const signal of stream) {
    signals.push(signal.type);
    if (signal.type === 'snapshot')
      await sendMessage({
        client,
        path,
        body: { content: question },
        headers: { 'Idempotency-Key': 'ask-once' },
        throwOnError: true,
      });
    const messageId = streamingIn(signal);
    if (messageId) chunks.push(...(await pullRest(baseUrl, { ...path, message_id: messageId }, chunks)));
    if (signal.type === 'message_completed' && signal.kind === 'streaming_response') break;
  }
  end.abort();
  const { data } = await pullMessages({ client, path, query: { changed_since: 0 }, throwOnError: true });
  const archived = await archiveContext({ client, path, throwOnError: true });
  return {
    signals,
    streamed: chunks.map(({ delta }) => delta).join(''),
    messages: isChanges(data) ? data.messages.map(describe) : [],
    state: archived.data.state.type,
  };
}

/** The code of the refusal that a wrong id gets. */
export async function refusal(baseUrl: string): Promise<string> {
  const client = createClient({ baseUrl });
  const { data, error } = await getContext({ client, path: { context_id: 'nobody' } });
  // @ts-expect-error: there may be no data.
  const id = (): string => data.id;
  return error ? error.code : id();
}

/** A message in a line: each kind has data of its own. */
function describe(message: Message): string {
  switch (message.kind) {
    case 'text':
      return `${message.role}: ${message.data.content}`;
    case 'streaming_response':
      return `${message.role} (${message.data.final_sequence}): ${message.data.content}`;
    case 'tool_request':
      return `calls ${message.data.calls.map(({ name }) => name).join()}`;
    default:
      return message.metadata.display_hint.summary ?? message.kind;
  }
}

function streamingIn(signal: Signal): string | undefined {
  switch (signal.type) {
    case 'content_delta':
      return signal.message_id;
    case 'message_completed':
      return signal.final_sequence > 0 ? signal.message_id : undefined;
    default:
      return undefined;
  }
}

const isChanges = (pulled: object): pulled is MessageChanges => 'deleted' in pulled;

/** All chunks after those that are known, a small page at a time. */
async function pullRest(
  baseUrl: string,
  path: { context_id: string; message_id: string },
  known: readonly Chunk[],
): Promise<Chunk[]> {
  const client = createClient({ baseUrl });
  const found: Chunk[] = [];
  for (let more = true; more; ) {
    const after = found.at(-1)?.sequence ?? known.at(-1)?.sequence ?? 0;
    const { data } = await pullChunks({ client, path, query: { after, limit: 3 }, throwOnError: true });
    found.push(...data.chunks);
    more = data.has_more;
  }
  return found;
}

/** What the server would refuse, or does not give, does not compile. */
export const refused = [
  // @ts-expect-error: what a message holds is known only once its kind is.
  (message: Message) => message.data.content,
  // @ts-expect-error: a problem has a code, not a reason.
  (problem: Problem) => problem.reason,
  // @ts-expect-error: there is no such mode.
  () => sendMessage({ path: { context_id: '' }, body: { content: 'Hello', on_busy: 'later' } }),
  // @ts-expect-error: a context must be named.
  () => sendMessage({ body: { content: 'Hello' } }),
  // @ts-expect-error: a sequence is a number.
  () => pullChunks({ path: { context_id: '', message_id: '' }, query: { after: '0' } }),
];
