import { dialects, type Dialect } from '../../../src/providers/language-model.js';
import { FakeUpstream, type Plan, type UpstreamCall, type UpstreamRequest } from '../fake-upstream.js';
import { startServer, type TestServer } from '../server.js';
import { hosted, type Asked, type Host } from '../upstreams/routes.js';
import { saying, speak } from '../upstreams/speak.js';

/** A provider of the stand: what it is called, whose manners it has, and what it is asked in. */
export interface StandProvider {
  readonly name: string;
  readonly host: Host;
  readonly dialect: Dialect;
}

/** One of each dialect, by whose name it goes, and Azure, which has its own URLs, and both of OpenAI's dialects. */
export const standProviders: readonly StandProvider[] = [
  { name: 'chat_completions', host: 'openai', dialect: 'chat_completions' },
  { name: 'responses', host: 'openai', dialect: 'responses' },
  { name: 'messages', host: 'anthropic', dialect: 'messages' },
  { name: 'azure', host: 'azure', dialect: 'chat_completions' },
];

/** What a provider does with a request: always that, or what the dialect is answered in which it is asked. */
export type StandAnswer = Plan | ((dialect: Dialect) => Plan);

const keyOf = (name: string): string => `key-of-${name}`;

/** A server with a provider of every dialect, each a fake that is as strict as its host. */
export class GatewayStand {
  private constructor(
    readonly server: TestServer,
    private readonly upstreams: ReadonlyMap<string, FakeUpstream>,
    private readonly plans: Map<string, StandAnswer[]>,
  ) {}

  static async open(env: Readonly<Record<string, string>> = {}): Promise<GatewayStand> {
    const upstreams = new Map<string, FakeUpstream>();
    const plans = new Map<string, StandAnswer[]>();
    for (const { name, host, dialect } of standProviders) {
      const plan = (_request: UpstreamRequest, asked: Asked): Plan => {
        const spoken = dialects.find((one) => one === asked.target) ?? dialect;
        const answer = next(plans.get(name)) ?? speak(spoken, { blocks: [saying('Hello.')] });
        return typeof answer === 'function' ? answer(spoken) : answer;
      };
      upstreams.set(name, (await FakeUpstream.start()).on(hosted(host, keyOf(name), plan)));
    }
    const providers = Object.fromEntries(
      standProviders.map((provider) => [provider.name, settingsOf(provider, upstreams.get(provider.name))]),
    );
    const server = await startServer({
      env: {
        PULLCORD_PROVIDERS: JSON.stringify(providers),
        // A provider that failed in one test is asked again in the next.
        PULLCORD_BREAKER_FAILURES: '0',
        ...env,
      },
    });
    return new GatewayStand(server, upstreams, plans);
  }

  /** The id of its model. */
  model(provider: string): string {
    return `${provider}/fake-1`;
  }

  upstream(provider: string): FakeUpstream {
    const upstream = this.upstreams.get(provider);
    if (!upstream) throw new Error(`the stand has no provider ${provider}`);
    return upstream;
  }

  /** What this provider does with the next requests, one after the other; the last of it with all that follow. */
  answer(provider: string, ...plans: readonly StandAnswer[]): void {
    this.plans.set(provider, [...plans]);
  }

  /** Posts this, and reads the answer to its end; `isCut` when that was no proper end. */
  async exchange(
    provider: string,
    plan: Plan,
    path: string,
    body: object,
  ): Promise<{
    readonly status: number;
    readonly headers: Headers;
    readonly body: string;
    readonly isCut: boolean;
    readonly call?: UpstreamCall;
  }> {
    const { calls } = this.upstream(provider);
    const before = calls.length;
    this.answer(provider, plan);
    const response = await fetch(this.server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const read = await readAll(response);
    return { status: response.status, headers: response.headers, ...read, call: calls[before] };
  }

  async close(): Promise<void> {
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.close()));
  }
}

const next = (plans: StandAnswer[] | undefined): StandAnswer | undefined =>
  plans && plans.length > 1 ? plans.shift() : plans?.[0];

async function readAll(response: Response): Promise<{ readonly body: string; readonly isCut: boolean }> {
  const decoder = new TextDecoder();
  let body = '';
  try {
    for await (const piece of response.body ?? []) body += decoder.decode(piece, { stream: true });
    return { body, isCut: false };
  } catch {
    return { body, isCut: true };
  }
}

function settingsOf({ name, host, dialect }: StandProvider, upstream?: FakeUpstream): object {
  const common = { api_key: keyOf(name), models: ['fake-1'] };
  const api = dialect === 'messages' ? undefined : dialect;
  switch (host) {
    case 'openai':
      // The one server takes requests of both of OpenAI's dialects, the other of its own alone: the rest is translated.
      return {
        type: dialect === 'responses' ? 'openai_compatible' : 'openai',
        base_url: upstream?.url,
        api,
        ...common,
      };
    case 'anthropic':
      return { type: 'anthropic', base_url: upstream?.origin, ...common };
    case 'azure':
      return {
        type: 'azure',
        endpoint: upstream?.origin,
        api,
        api_version: '2024-10-21',
        deployments: { 'fake-1': 'deployed-1' },
        ...common,
      };
  }
}
