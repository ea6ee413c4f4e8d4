// GitHub as far as Copilot needs it, and Copilot itself: one server for both, which knows who may do what.
import { FakeUpstream, answer, json, type Plan, type UpstreamRequest } from './fake-upstream.js';

export const githubToken = 'ghu_the-users-own-token';
export const userCode = 'WDJB-MJHT';

/** What is to be asked for by name: everything else is refused. */
const clientId = 'Iv1.of-the-tests';

export class FakeGithub {
  /** What is answered while the user has not entered the code. */
  readonly pending: Record<string, unknown>[] = [];
  /** The tokens for Copilot that were given out, the oldest first. */
  readonly sessions: string[] = [];
  /** What the exchange answers instead of a token, in line. */
  readonly refusals: number[] = [];
  /** Of a token for Copilot, in seconds. */
  lifetime = 1800;
  refreshIn: number | undefined = 1500;
  isLoggedIn = true;
  /** Tokens that Copilot does not take any more. */
  readonly revoked = new Set<string>();
  /** Copilot takes no token at all. */
  takesNone = false;
  /** What Copilot answers. */
  chat: (request: UpstreamRequest) => Plan = () => answer('Hello from the copilot.');

  private constructor(readonly server: FakeUpstream) {}

  static async start(): Promise<FakeGithub> {
    const github = new FakeGithub(await FakeUpstream.start());
    github.server.on((request) => github.respond(request));
    return github;
  }

  /** Settings of a server, and of the program, that take this for GitHub. */
  get env(): Record<string, string> {
    return {
      PULLCORD_COPILOT_CLIENT_ID: clientId,
      PULLCORD_COPILOT_GITHUB_URL: this.server.origin,
      PULLCORD_COPILOT_GITHUB_API_URL: this.server.origin,
    };
  }

  get newest(): string {
    return this.sessions.at(-1) ?? '';
  }

  requests(path: string): readonly UpstreamRequest[] {
    return this.server.calls.map(({ request }) => request).filter((request) => request.path === path);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private respond(request: UpstreamRequest): Plan {
    switch (`${request.method} ${request.path}`) {
      case 'POST /login/device/code':
        return request.body.client_id === clientId ? json(deviceCode(this.server.origin)) : json({}, 404);
      case 'POST /login/oauth/access_token':
        return json(this.pending.shift() ?? { access_token: githubToken, token_type: 'bearer' });
      case 'GET /copilot_internal/v2/token':
        return this.exchange(request);
      case 'GET /copilot/models':
        return this.isTaken(request) ? json(models) : json({}, 401);
      case 'POST /copilot/chat/completions':
        return this.isTaken(request) ? this.chat(request) : json({ error: { message: 'expired' } }, 401);
      default:
        return json({ message: 'Not Found' }, 404);
    }
  }

  private exchange({ headers }: UpstreamRequest): Plan {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return json({ message: 'Bad credentials' }, refusal);
    if (!this.isLoggedIn || headers.authorization !== `token ${githubToken}`)
      return json({ message: 'Bad credentials' }, 401);
    const token = `tid=session-${this.sessions.length + 1};exp=soon`;
    this.sessions.push(token);
    return json({
      token,
      expires_at: Math.floor(Date.now() / 1000) + this.lifetime,
      ...(this.refreshIn !== undefined && { refresh_in: this.refreshIn }),
      endpoints: { api: `${this.server.origin}/copilot` },
    });
  }

  private isTaken({ headers }: UpstreamRequest): boolean {
    const token = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    return !this.takesNone && this.sessions.includes(token) && !this.revoked.has(token);
  }
}

const deviceCode = (origin: string): object => ({
  device_code: 'the-device-code',
  user_code: userCode,
  verification_uri: `${origin}/login/device`,
  expires_in: 900,
  interval: 0,
});

const models = {
  data: [
    {
      id: 'claude-sonnet-4.5',
      name: 'Claude Sonnet 4.5',
      vendor: 'Anthropic',
      capabilities: {
        type: 'chat',
        tokenizer: 'o200k_base',
        limits: { max_context_window_tokens: 144_000, max_output_tokens: 16_000 },
        supports: { tool_calls: true, vision: true },
      },
    },
    { id: 'text-embedding-3-small', capabilities: { type: 'embeddings' } },
  ],
};
