// Clients that write as fast as they are answered, and remember every answer: what a server that was killed may not
// have lost. Each works on a context of its own, so that what it remembers is all that can be there.
import { expect } from 'vitest';
import {
  act,
  appendText,
  beginStream,
  body,
  createContext,
  getContext,
  getMessage,
  refusal,
  type Accepted,
} from './api.js';
import type { Answer, Call, Caller } from './http.js';
import { until } from './until.js';
import { allChunks, allMessages, settled } from './whole-pulls.js';

export interface Hand {
  /** Does one thing. Rejects with a broken connection when the server is killed under it. */
  step(): Promise<void>;
  /** Holds what the server has, after its restart, against what it had acknowledged; and counts that. */
  check(): Promise<number>;
}

/** Makes hands work until the server is gone; `onAnswer` hears of everything that was answered. */
export async function workUntilCut(hands: readonly Hand[], onAnswer: () => void): Promise<void> {
  const work = async (hand: Hand): Promise<void> => {
    for (;;) {
      await hand.step();
      onAnswer();
    }
  };
  const ended = await Promise.allSettled(hands.map(work));
  for (const end of ended) if (end.status === 'rejected' && !isCut(end.reason)) throw end.reason;
}

/** How fetch says that a connection broke, before the answer or in the middle of it. */
const isCut = (error: unknown): boolean =>
  error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message);

/** Calls for which a server that is shutting down is as good as gone: it says so, and when to come back. */
export const untilDraining = (api: Caller): Caller => ({
  ...api,
  post: async <Body>(path: string, said?: unknown, more?: Call): Promise<Answer<Body>> => {
    const answer = await api.post<Body>(path, said, more);
    if (answer.status !== 503) return answer;
    expect(refusal(answer).code).toBe('draining');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    throw new TypeError('terminated');
  },
});

const oneOf = (count: number): number => Math.floor(Math.random() * count);

/** Streams as an external producer does: batches of chunks that say where they belong. */
export class Producer implements Hand {
  private stream = '';
  /** What was acknowledged of the stream, and what was sent last and may or may not have arrived. */
  private acked: string[] = [];
  private sent: string[] = [];
  private total = 0;
  private isEnding = false;

  constructor(private readonly api: Caller) {}

  async step(): Promise<void> {
    if (!this.stream) return this.begin();
    if (this.acked.length > 200) return this.end();
    this.sent = Array.from({ length: 1 + oneOf(20) }, () => `${this.total++} 🌧️\n`);
    const chunks = this.sent.map((delta) => ({ delta }));
    const said = { chunks, expected_sequence: this.acked.length };
    const answer = await this.api.post<{ current_sequence: number }>(`${this.stream}/streaming-chunks`, said);
    this.acked.push(...this.sent);
    this.sent = [];
    expect(body(answer)).toMatchObject({ current_sequence: this.acked.length });
  }

  async check(): Promise<number> {
    if (!this.stream) return 0;
    const { chunks, status } = await allChunks(this.api, this.stream);
    expect(chunks.map(({ sequence }) => sequence)).toEqual(chunks.map((_, index) => index + 1));
    const deltas = chunks.map(({ delta }) => delta);
    // A batch is there whole or not at all.
    const isThere = deltas.length > this.acked.length;
    expect(deltas).toEqual(isThere ? [...this.acked, ...this.sent] : this.acked);
    const count = this.acked.length;
    this.acked = deltas;
    this.sent = [];
    expect(['streaming', ...(this.isEnding ? ['complete'] : [])]).toContain(status);
    if (status === 'complete') this.forget();
    return count;
  }

  private async begin(): Promise<void> {
    const { id } = await createContext(this.api);
    this.stream = await beginStream(this.api, id);
  }

  private async end(): Promise<void> {
    this.isEnding = true;
    const answer = await this.api.post(`${this.stream}/finalize`, { finish_reason: 'stop' });
    body(answer);
    const { data } = body(await this.api.get<{ data: unknown }>(this.stream));
    expect(data).toMatchObject({ content: this.acked.join(''), final_sequence: this.acked.length });
    this.forget();
  }

  private forget(): void {
    this.stream = '';
    this.acked = [];
    this.isEnding = false;
  }
}

/** Talks to the scripted model, queueing and interrupting, and follows what it is answered. */
export class Talker implements Hand {
  private id = '';
  /** The user's messages that were accepted, in their order, and the one that may have been. */
  private accepted: Accepted[] = [];
  private asked = '';
  /** The newest answer, and what was pulled of it. */
  private stream = '';
  private seen: string[] = [];

  constructor(private readonly api: Caller) {}

  async step(): Promise<void> {
    if (!this.id) this.id = (await createContext(this.api, { config: { model: 'scripted/fast' } })).id;
    if (this.accepted.length > 12) await this.move();
    else if (oneOf(3) === 0) await this.look();
    else await this.send();
  }

  async check(): Promise<number> {
    if (!this.id) return 0;
    const { state } = await settled(this.api, this.id);
    expect(['awaiting_user', 'error', 'initial']).toContain(state.type);
    const messages = await allMessages(this.api, this.id);
    const users = messages.filter(({ role }) => role === 'user').map((message) => message.id);
    expect(users).toEqual(expect.arrayContaining(this.accepted.map(({ message_id }) => message_id)));
    expect(new Set(users).size).toBe(users.length);
    expect(users.length - this.accepted.length).toBeLessThanOrEqual(1);
    expect(messages.filter(({ status }) => status === 'streaming')).toEqual([]);
    if (this.seen.length > 0) {
      const { chunks } = await allChunks(this.api, this.stream);
      expect(chunks.slice(0, this.seen.length).map(({ delta }) => delta)).toEqual(this.seen);
    }
    await this.repeat();
    return this.accepted.length + this.seen.length;
  }

  /** What was not answered is sent again under its key: it is done once, whether or not it had been. */
  private async repeat(): Promise<void> {
    if (!this.asked) return;
    await this.send(this.asked);
    await settled(this.api, this.id);
    const users = (await allMessages(this.api, this.id)).filter(({ role }) => role === 'user');
    expect(users.map((message) => message.id).sort()).toEqual(
      this.accepted.map(({ message_id }) => message_id).sort(),
    );
  }

  private async send(key = `key-${crypto.randomUUID()}`): Promise<void> {
    const on_busy = key.charCodeAt(4) % 2 === 0 ? 'queue' : 'interrupt';
    this.asked = key;
    const path = `/contexts/${this.id}/actions/send_message`;
    const said = { content: '/reason\n/words 20', on_busy };
    const answer = await this.api.post<Accepted>(path, said, { headers: { 'idempotency-key': key } });
    this.accepted.push(body(answer, 202));
    this.asked = '';
  }

  private async look(): Promise<void> {
    const { streaming } = await getContext(this.api, this.id);
    if (!streaming[0]) return;
    const stream = `/contexts/${this.id}/messages/${streaming[0].message_id}`;
    const { chunks } = await allChunks(this.api, stream);
    this.stream = stream;
    this.seen = chunks.map(({ delta }) => delta);
  }

  private async move(): Promise<void> {
    this.id = '';
    this.accepted = [];
    this.seen = [];
    await this.step();
  }
}

/** Keeps a context in order without a model: messages, titles, branches, the archive. */
export class Clerk implements Hand {
  private id = '';
  private texts: { readonly id: string; readonly text: string }[] = [];
  private title = '';
  private isArchived = false;
  private revision = 0;
  private doing: 'append' | 'rename' | 'archive' | 'restore' | undefined;

  constructor(private readonly api: Caller) {}

  async step(): Promise<void> {
    if (!this.id) this.id = (await createContext(this.api)).id;
    if (this.isArchived) return this.archive('restore');
    const choice = oneOf(10);
    if (choice === 0) return this.archive('archive');
    if (choice < 3) return this.rename();
    return this.append();
  }

  async check(): Promise<number> {
    if (!this.id) return 0;
    const { title, state, revision } = await getContext(this.api, this.id);
    expect(revision).toBeGreaterThanOrEqual(this.revision);
    const isArchived = state.type === 'archived';
    if (this.doing !== 'archive' && this.doing !== 'restore') expect(isArchived).toBe(this.isArchived);
    if (this.doing !== 'rename') expect(title ?? '').toBe(this.title);
    const messages = await allMessages(this.api, this.id);
    const extra = messages.length - this.texts.length;
    expect(this.doing === 'append' ? [0, 1] : [0]).toContain(extra);
    expect(messages.slice(0, this.texts.length).map((message) => message.id)).toEqual(
      this.texts.map((text) => text.id),
    );
    const last = this.texts.at(-1);
    if (last)
      expect(await getMessage(this.api, this.id, last.id)).toMatchObject({ data: { content: last.text } });
    for (const { id, data } of messages.slice(this.texts.length))
      this.texts.push({ id, text: 'content' in data ? String(data.content) : '' });
    this.title = title ?? '';
    this.isArchived = isArchived;
    return this.texts.length;
  }

  private async append(): Promise<void> {
    this.doing = 'append';
    const text = `Note ${this.texts.length}`;
    const { message_id, revision } = await appendText(this.api, this.id, text);
    this.texts.push({ id: message_id, text });
    this.done(revision);
  }

  private async rename(): Promise<void> {
    this.doing = 'rename';
    const title = `Title ${this.revision}`;
    const { revision } = body(await this.api.patch<{ revision: number }>(`/contexts/${this.id}`, { title }));
    this.title = title;
    this.done(revision);
  }

  private async archive(action: 'archive' | 'restore'): Promise<void> {
    this.doing = action;
    const { revision } = await act(this.api, this.id, action);
    this.isArchived = action === 'archive';
    this.done(revision);
  }

  private done(revision: number): void {
    expect(revision).toBeGreaterThan(this.revision);
    this.revision = revision;
    this.doing = undefined;
  }
}

/** As many hands of each sort as will keep a server busy. */
export const hands = (api: Caller, ofEach: number): Hand[] =>
  [Producer, Talker, Clerk].flatMap((Sort) => Array.from({ length: ofEach }, () => new Sort(api)));

/** Waits until no context is under way but those of external producers. */
export const allSettled = (api: Caller): Promise<true> =>
  until(
    async () => {
      for (const type of ['active', 'awaiting_llm', 'processing_tool']) {
        const { contexts } = body(await api.get<{ contexts: unknown[] }>(`/contexts?state=${type}&limit=1`));
        if (contexts.length > 0) return false;
      }
      return true;
    },
    { what: 'every run to end' },
  );
