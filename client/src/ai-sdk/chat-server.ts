import { carefulFetch, type CarefulFetch } from '../calls/careful-fetch.js';
import { newKey } from '../calls/new-key.js';
import { createPatience, type Patience } from '../calls/patience.js';
import { networkProblem, PullcordError, readProblem } from '../problem.js';
import { retryAfterMs } from '../retry-policy.js';
import type { Settings } from '../settings.js';

export type ExtraHeaders = Readonly<Record<string, string>> | Headers | undefined;

/** A turn that is being told, and by which name it is told again. */
export interface ToldTurn {
  readonly body: ReadableStream<Uint8Array>;
  readonly turn: string | undefined;
}

/** The routes of a server that speak the AI SDK. Network failures are tried again, with the same key. */
export class ChatServer {
  readonly patience: Patience;
  private readonly fetch: CarefulFetch;

  constructor(private readonly settings: Settings) {
    this.fetch = carefulFetch(settings);
    this.patience = createPatience(settings.maxRetryDelayMs);
  }

  ask(body: object, headers: ExtraHeaders): Promise<ToldTurn> {
    return this.post('', body, headers).then(turnIn);
  }

  /** The turn of this name, or the one that is under way; undefined where nothing is. */
  async follow(
    chatId: string,
    turn: string | undefined,
    headers?: ExtraHeaders,
  ): Promise<ToldTurn | undefined> {
    const response = await this.get(`/${encodeURIComponent(chatId)}/stream${queryOf(turn)}`, headers);
    return response.status === 204 ? undefined : turnIn(response);
  }

  /** The messages of a chat, and the name of the turn that is under way. */
  async messages(chatId: string): Promise<{ readonly messages: unknown; readonly turn: string | undefined }> {
    const response = await this.get(`/${encodeURIComponent(chatId)}/messages`);
    return { messages: await response.json(), turn: nameIn(response) };
  }

  /** Stops the turn of this name and no other, or what is under way. Does nothing where there is no such chat. */
  async stop(chatId: string, turn?: string): Promise<void> {
    try {
      await this.post(`/${encodeURIComponent(chatId)}/stop${queryOf(turn)}`, {});
    } catch (error) {
      const isNone = error instanceof PullcordError && error.problem.code === 'context_not_found';
      if (!isNone) throw error;
    }
  }

  private post(path: string, body: object, headers?: ExtraHeaders): Promise<Response> {
    const init = { method: 'POST', body: JSON.stringify(body), keepalive: path !== '' };
    const own = { 'content-type': 'application/json', 'idempotency-key': newKey() };
    return this.patience.insist(() => this.call(path, init, { ...own, ...plain(headers) }));
  }

  private get(path: string, headers?: ExtraHeaders): Promise<Response> {
    return this.patience.insist(() => this.call(path, { cache: 'no-store' }, plain(headers)));
  }

  private async call(
    path: string,
    init: Omit<RequestInit, 'signal'>,
    headers: Record<string, string>,
  ): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetch(`${this.settings.baseUrl}/ui/chat${path}`, { ...init, headers });
    } catch (error) {
      throw new PullcordError(networkProblem(error instanceof Error ? error.message : String(error)));
    }
    if (response.ok) return response;
    throw new PullcordError(await readProblem(response), retryAfterMs(response.headers));
  }
}

const plain = (headers: ExtraHeaders): Record<string, string> =>
  headers instanceof Headers ? Object.fromEntries(headers) : { ...headers };

const queryOf = (turn: string | undefined): string =>
  turn === undefined ? '' : `?turn=${encodeURIComponent(turn)}`;

const nameIn = ({ headers }: Response): string | undefined => headers.get('x-pullcord-turn') ?? undefined;

function turnIn(response: Response): ToldTurn {
  if (!response.body) throw new PullcordError(networkProblem('The answer has no body.'));
  return { body: response.body, turn: nameIn(response) };
}
