import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai';
import type { PullcordOptions } from '../options.js';
import { PullcordError } from '../problem.js';
import { resolveOptions, type Settings } from '../settings.js';
import { ChatServer, type ToldTurn } from './chat-server.js';
import { turnStream } from './turn-stream.js';

export interface PullcordChatOptions extends Pick<
  PullcordOptions,
  'baseUrl' | 'token' | 'fetch' | 'maxRetryDelayMs' | 'silenceLimitMs' | 'requestTimeoutMs'
> {
  /** Sent along with every request: a `model`, or what is to be done `on_busy`. */
  readonly body?: ChatFields | (() => ChatFields);
}

export interface ChatFields {
  /** For this answer alone. */
  readonly model?: string;
  /** While a run is under way: `reject` (409), `queue` behind it, or `interrupt` it. */
  readonly on_busy?: 'reject' | 'queue' | 'interrupt';
}

type SendOptions<Shown extends UIMessage> = Parameters<ChatTransport<Shown>['sendMessages']>[0];
type ResumeOptions<Shown extends UIMessage> = Parameters<ChatTransport<Shown>['reconnectToStream']>[0];
type Chunks = ReadableStream<UIMessageChunk>;

/**
 * `useChat` on a Pullcord server. Invariants: a chat's id names its context; a turn goes on whoever leaves, and only `stop`
 * ends it, which it really does, whether it was begun in this page, before a reload or elsewhere; the stop of a page ends the
 * turn that it shows and no other; a connection that breaks is mended without the page noticing; the next message is not sent
 * before a stop is through.
 */
export class PullcordChatTransport<Shown extends UIMessage = UIMessage> implements ChatTransport<Shown> {
  readonly resumeStreamIsReplay = true;
  private readonly settings: Settings;
  private readonly server: ChatServer;
  /** Stops that are on their way, by chat. */
  private readonly stopping = new Map<string, Promise<void>>();
  /** Turns that were under way when a chat was opened: a page has nothing of them, also when they are over by now. */
  private readonly opened = new Map<string, string>();
  private readonly resumes = new Map<string, number>();

  constructor(private readonly options: PullcordChatOptions = {}) {
    this.settings = resolveOptions(options);
    this.server = new ChatServer(this.settings);
  }

  /** What `useChat` takes as `messages`, with `resume: true` for the turn that is under way. None for a new chat. */
  async messages(chatId: string): Promise<Shown[]> {
    const { messages, turn } = await this.server.messages(chatId);
    if (turn === undefined) this.opened.delete(chatId);
    else this.opened.set(chatId, turn);
    return messages as Shown[];
  }

  /** Stops what is under way in a chat. Throws a PullcordError where that could not be said. */
  stop(chatId: string): Promise<void> {
    return this.stopBefore(chatId, this.server.stop(chatId));
  }

  readonly sendMessages = async (options: SendOptions<Shown>): Promise<Chunks> => {
    const { chatId, abortSignal: abort, headers } = options;
    await this.stopping.get(chatId)?.catch(() => undefined);
    abort?.throwIfAborted();
    this.opened.delete(chatId);
    // Not cut off half-way: nobody would know whether the server has begun what is to be stopped.
    const asked = this.server.ask(this.bodyOf(options), headers);
    return this.follow(chatId, asked, abort, () => true);
  };

  readonly reconnectToStream = async (options: ResumeOptions<Shown>): Promise<Chunks | null> => {
    const { chatId, abortSignal: abort, headers } = options;
    const resume = (this.resumes.get(chatId) ?? 0) + 1;
    this.resumes.set(chatId, resume);
    // `useChat` also aborts a resume that another takes the place of, as when React mounts a page twice: that stops nothing.
    const isLast = (): boolean => this.resumes.get(chatId) === resume;
    const found = this.server.follow(chatId, this.opened.get(chatId), headers);
    return (await this.follow(chatId, found, abort, isLast)) ?? null;
  };

  /** What was asked for, as a stream that ends with the turn; undefined where there is none. */
  private async follow<Found extends ToldTurn | undefined>(
    chatId: string,
    asked: Promise<Found>,
    abort: AbortSignal | undefined,
    isLast: () => boolean,
  ): Promise<Chunks | Extract<Found, undefined>> {
    const gone = new AbortController();
    const leave = (): void => {
      gone.abort();
      void this.stopBefore(chatId, this.leave(chatId, asked, isLast));
    };
    abort?.addEventListener('abort', leave, { once: true });
    if (abort?.aborted) leave();
    const told = await raced(asked, gone.signal);
    if (told === undefined) return told as Extract<Found, undefined>;
    const { silenceLimitMs } = this.settings;
    const over = (): void => {
      if (this.opened.get(chatId) === told.turn) this.opened.delete(chatId);
    };
    return turnStream(told, { server: this.server, chatId, silenceLimitMs, gone: gone.signal, over });
  }

  /** Lets go of an answer, and has its turn stopped once the server is known to have been asked for it. */
  private async leave(
    chatId: string,
    asked: Promise<ToldTurn | undefined>,
    isLast: () => boolean,
  ): Promise<void> {
    const found = await asked.catch(unlessRefused);
    if (found?.body?.locked === false) await found.body.cancel().catch(() => undefined);
    // Whoever takes its place asks in the very step in which it is aborted.
    await new Promise((resolve) => setTimeout(resolve));
    // A page that cannot tell the server hears of that when it sends the next message.
    if (found && isLast()) await this.server.stop(chatId, found.turn).catch(() => undefined);
  }

  /** What is sent next waits for it. */
  private async stopBefore(chatId: string, stopped: Promise<void>): Promise<void> {
    this.stopping.set(chatId, stopped);
    try {
      await stopped;
    } finally {
      if (this.stopping.get(chatId) === stopped) this.stopping.delete(chatId);
    }
  }

  private bodyOf({ chatId, messages, trigger, messageId, body }: SendOptions<Shown>): object {
    const named = trigger === 'submit-message' ? messages.find(({ id }) => id === messageId) : undefined;
    const { body: always } = this.options;
    return {
      ...(typeof always === 'function' ? always() : always),
      ...body,
      id: chatId,
      // The server has the others.
      messages: [named ?? messages.at(-1)],
      trigger,
      messageId,
    };
  }
}

/** The answer. Throws an AbortError once nobody waits for it any more. */
function raced<Answer>(answer: Promise<Answer>, gone: AbortSignal): Promise<Answer> {
  const left = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new DOMException('It was stopped.', 'AbortError'));
    if (gone.aborted) fail();
    gone.addEventListener('abort', fail, { once: true });
  });
  return Promise.race([answer, left]);
}

/** Nothing was begun where the server refused it. Where nobody could ask it, there may be a turn, but nobody knows its name. */
function unlessRefused(error: unknown): Partial<ToldTurn> | undefined {
  return error instanceof PullcordError && error.problem.code !== 'network_error' ? undefined : {};
}
