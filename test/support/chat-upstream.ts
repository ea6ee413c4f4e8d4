import type { UpstreamCall } from './fake-upstream.js';
import { answer, FakeUpstream, json, type Plan } from './fake-upstream.js';
import { until } from './until.js';

/** A provider's server whose answers in line are for chats alone: pages ask for its list of models when they like. */
export class ChatUpstream {
  private readonly line: Plan[] = [];

  private constructor(private readonly upstream: FakeUpstream) {
    upstream.on(({ method }) =>
      method === 'GET' ? json({ object: 'list', data: [] }) : (this.line.shift() ?? answer('Hello.')),
    );
  }

  static async start(): Promise<ChatUpstream> {
    return new ChatUpstream(await FakeUpstream.start());
  }

  get url(): string {
    return this.upstream.url;
  }

  /** The chats so far, the oldest first. */
  get chats(): readonly UpstreamCall[] {
    return this.upstream.calls.filter(({ request }) => request.method === 'POST');
  }

  /** Plans for the next chats, in this order; gives how to get the first of these chats, once it has come. */
  enqueue(...plans: readonly Plan[]): () => Promise<UpstreamCall> {
    const place = this.chats.length + this.line.length;
    this.line.push(...plans);
    return () => until(() => this.chats[place], { what: 'the next chat' });
  }

  close(): Promise<void> {
    return this.upstream.close();
  }
}
