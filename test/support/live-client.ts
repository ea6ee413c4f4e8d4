// The client library as a page uses it, with what the page would see: every view, and every request that was made.
import {
  createPullcord,
  type ContextView,
  type LiveContext,
  type Pullcord,
  type PullcordOptions,
} from '@pullcord/client';
import { afterEach, expect } from 'vitest';
import { until } from './until.js';

export type Fetch = typeof globalThis.fetch;
/** Stands between the library and the server: answers for it, or passes the request on. */
export type Between = (request: Request, pass: () => Promise<Response>) => Promise<Response>;

const opened: Pullcord[] = [];
afterEach(() => opened.splice(0).forEach((pullcord) => pullcord.close()));

export class LiveClient {
  /** What was asked, as `GET /contexts?…`, streams of signals left out. */
  readonly requests: string[] = [];
  readonly pullcord: Pullcord;
  /** Set it to meddle with requests. */
  between: Between = (_, pass) => pass();

  constructor(server: { readonly url: string }, options: PullcordOptions = {}) {
    const fetch: Fetch = async (input, init) => {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      if (pathname !== '/events') this.requests.push(`${request.method} ${pathname}${search}`);
      return this.between(request, () => globalThis.fetch(request));
    };
    // Short waits, since what is waited for is made to fail here.
    this.pullcord = createPullcord({
      baseUrl: server.url,
      maxRetryDelayMs: 50,
      lingerMs: 0,
      ...options,
      fetch,
    });
    opened.push(this.pullcord);
  }

  /** Follows a context until the test ends, and keeps every view. */
  follow(id: string): FollowedViews {
    return new FollowedViews(this.pullcord.context(id));
  }
}

export class FollowedViews {
  readonly views: ContextView[] = [];
  readonly stop: () => void;

  constructor(readonly context: LiveContext) {
    this.stop = context.subscribe((view) => this.views.push(view));
  }

  get view(): ContextView {
    return this.context.getView();
  }

  /** Waits for a view that is like this, and gives it. */
  sees(what: string, isLike: (view: ContextView) => unknown): Promise<ContextView> {
    const find = (): ContextView | false => (isLike(this.view) ? this.view : false);
    return until(find, { what: `a view with ${what}` }).catch((error: unknown) => {
      throw new Error(`${String(error)}; the last one is ${describe(this.view)}`);
    });
  }

  /** Waits until it is the user's turn, and nothing is on its way. */
  settles(): Promise<ContextView> {
    return this.sees(
      'a turn that is over',
      ({ metadata, messages, outgoing }) =>
        ['awaiting_user', 'error'].includes(metadata?.state.type ?? '') &&
        outgoing.length === 0 &&
        messages.every(({ isStreaming }) => !isStreaming),
    );
  }

  /** Waits until it shows these texts. */
  shows(...texts: readonly string[]): Promise<ContextView> {
    return this.sees(texts.join(' | '), (view) => textsOf(view).join('\n') === texts.join('\n'));
  }

  /** Of no message was ever a text shown that is not the beginning of what it says now, nor less of it than before. */
  expectOnlyPrefixes(): void {
    const final = new Map(this.view.messages.map(({ message, text }) => [message.id, text]));
    const longest = new Map<string, number>();
    for (const { messages } of this.views)
      for (const { message, text } of messages) {
        const whole = final.get(message.id);
        if (whole !== undefined) expect(whole.startsWith(text)).toBe(true);
        expect(text.length).toBeGreaterThanOrEqual(longest.get(message.id) ?? 0);
        longest.set(message.id, text.length);
      }
  }
}

export const textsOf = ({ messages }: ContextView): string[] => messages.map(({ text }) => text);

const describe = ({ status, problem, metadata, messages, outgoing }: ContextView): string =>
  JSON.stringify({
    status,
    problem,
    state: metadata?.state,
    revision: metadata?.revision,
    messages: messages.map(({ text, message }) => [message.role, message.status, text.slice(0, 60)]),
    outgoing,
  });
