import type { ContextState } from '../../src/contexts/context-state.js';
import type { KnownMessage, Message, MessageKind } from '../../src/messages/message-kinds.js';
import type { ChunkPageView as ChunkPage, ChunkView as Chunk } from '../../src/streaming/dto/chunk-pulls.js';
import { body, createContext, type Accepted, type WholeContext } from './api.js';
import type { Dialect } from './databases.js';
import type { FakeUpstream } from './fake-upstream.js';
import { caller, type Answer, type Caller } from './http.js';
import { startServer, type TestServer } from './server.js';
import { SseStream, type WireSignal } from './sse.js';
import { until } from './until.js';

/** What commands answer; `branch` is what retry answers beside. */
export type Started = Accepted & { readonly branch?: string };

export type MessageOf<Kind extends MessageKind> = Extract<KnownMessage, { kind: Kind }>;

/** A server whose models are the fake upstream's, and which does not wait long before it tries one again. */
export const startServerOn = (
  upstream: Pick<FakeUpstream, 'url'>,
  env: Readonly<Record<string, string>> = {},
  dialect?: Dialect,
): Promise<TestServer> =>
  startServer({
    dialect,
    env: {
      OPENAI_BASE_URL: upstream.url,
      PULLCORD_MODEL_RETRY_BASE_MS: '10',
      PULLCORD_DRAIN_MS: '500',
      ...env,
    },
  });

/** One context of a server, spoken to as any client would. Calls that are not asked to fail must not. */
export class ContextClient {
  readonly path: string;
  private readonly api: Caller;

  private constructor(
    private readonly server: TestServer,
    readonly id: string,
  ) {
    this.path = `/contexts/${id}`;
    this.api = caller(server);
  }

  static async begin(server: TestServer, config: Record<string, unknown> = {}): Promise<ContextClient> {
    const { id } = await createContext(caller(server), {
      config: { model: 'openai/gpt-4o-mini', ...config },
    });
    return new ContextClient(server, id);
  }

  /** GETs a path below the context. */
  async get<Body>(path = ''): Promise<Body> {
    return body(await this.api.get<Body>(this.path + path));
  }

  /** A command, whatever it answers. */
  ask(action: string, input: object = {}): Promise<Answer<Started>> {
    return this.api.post(`${this.path}/actions/${action}`, input);
  }

  /** A command that is to be accepted. */
  async act(action: string, input: object = {}): Promise<Started> {
    return body(await this.ask(action, input), 202);
  }

  send(content: string, more: object = {}): Promise<Started> {
    return this.act('send_message', { content, ...more });
  }

  /** Sends, and waits for the end of the turn. */
  async exchange(content: string, more: object = {}): Promise<Started> {
    const accepted = await this.send(content, more);
    await this.settled();
    return accepted;
  }

  async state(): Promise<ContextState> {
    return (await this.get<{ readonly state: ContextState }>('/state')).state;
  }

  whole(): Promise<WholeContext> {
    return this.get();
  }

  /** Pins a message. */
  async pin(messageId: string): Promise<void> {
    body(await this.api.put(`${this.path}/messages/${messageId}/pin`));
  }

  /** Waits until the state is of this type, and gives it. */
  inState<Type extends ContextState['type']>(type: Type): Promise<Extract<ContextState, { type: Type }>> {
    const find = async (): Promise<Extract<ContextState, { type: Type }> | undefined> => {
      const state = await this.state();
      return state.type === type ? (state as Extract<ContextState, { type: Type }>) : undefined;
    };
    return until(find, { what: `state ${type}` });
  }

  /** Waits until no run is under way, and gives the state. */
  settled(): Promise<ContextState> {
    const find = async (): Promise<ContextState | undefined> => {
      const state = await this.state();
      return state.type === 'awaiting_user' || state.type === 'error' ? state : undefined;
    };
    return until(find, { what: 'the end of the turn' });
  }

  /** The messages of a branch, the active one by default. */
  async messages(branch?: string): Promise<readonly Message[]> {
    const query = branch === undefined ? '' : `&branch=${branch}`;
    return (await this.get<{ messages: Message[] }>(`/messages?limit=200${query}`)).messages;
  }

  async messagesOf<Kind extends MessageKind>(kind: Kind, branch?: string): Promise<MessageOf<Kind>[]> {
    const messages = await this.messages(branch);
    return messages.filter((message): message is MessageOf<Kind> => message.kind === kind);
  }

  /** The newest answer of a branch; fails when there is none. */
  async answer(branch?: string): Promise<MessageOf<'streaming_response'>> {
    const last = (await this.messagesOf('streaming_response', branch)).at(-1);
    if (!last) throw new Error('there is no answer');
    return last;
  }

  /** What was said on a branch, by whom, in a line each. */
  async transcript(branch?: string): Promise<string[]> {
    return (await this.messages(branch)).map(
      (message) =>
        `${message.role}: ${'content' in message.data ? String(message.data.content) : message.kind}`,
    );
  }

  /** Waits until something of an answer is streaming, and gives its message. */
  async streaming(text = ''): Promise<string> {
    const { message_id } = await this.inState('streaming_response');
    const has = async (): Promise<boolean> => textOf(await this.chunks(message_id)).includes(text);
    await until(has, { what: `the text "${text}"` });
    return message_id;
  }

  async chunks(messageId: string): Promise<readonly Chunk[]> {
    const path = `/messages/${messageId}/streaming-chunks?limit=1000`;
    const chunks: Chunk[] = [];
    for (let hasMore = true; hasMore;) {
      const page = await this.get<ChunkPage>(`${path}&after=${chunks.at(-1)?.sequence ?? 0}`);
      chunks.push(...page.chunks);
      hasMore = page.has_more;
    }
    return chunks;
  }

  /** Follows the signals. The snapshot is the first of them. */
  async follow(lastEventId?: string): Promise<SseStream> {
    const stream = await SseStream.open(`${this.server.url}${this.path}/events`, { lastEventId });
    if (stream.status !== 200) throw new Error(`the stream was answered with ${stream.status}`);
    return stream;
  }
}

export const textOf = (chunks: readonly Chunk[]): string =>
  chunks
    .filter(({ kind }) => kind === 'text')
    .map(({ delta }) => delta)
    .join('');

/** The signals of a stream as they come, until it ends. */
export async function* signalsOf(stream: SseStream): AsyncGenerator<WireSignal> {
  for (let at = 0; ; at++) {
    await until(() => stream.events.length > at || stream.isClosed, { what: 'another signal' });
    const event = stream.events[at];
    if (!event) return;
    yield JSON.parse(event.data) as WireSignal;
  }
}

/** The state_changed signals up to the one that a revision belongs to, once that has come. */
export async function transitionsUntil(stream: SseStream, revision: number): Promise<Transition[]> {
  const isThere = (): boolean => stream.signals.some((signal) => Number(signal.revision) >= revision);
  await until(isThere, { what: `a signal of revision ${revision}` });
  return stream.signals.filter((signal): signal is Transition => signal.type === 'state_changed');
}

export interface Transition extends WireSignal {
  readonly type: 'state_changed';
  readonly revision: number;
  readonly previous_state: StateInSignal;
  readonly new_state: StateInSignal;
}

export interface StateInSignal {
  readonly type: string;
  readonly [id: string]: string;
}
