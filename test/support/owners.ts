/** Several owners on one server, so that each test has its contexts to itself. */
import { caller, type Caller } from './http.js';
import { startServer, type ServerOptions, type TestServer } from './server.js';

const owners = Array.from({ length: 40 }, (_, n) => `owner-${n}`);
const tokenOf = (owner: string): string => `token-of-${owner}`;

/** A setting of PULLCORD_TOKENS with all of them. */
export const ownersTokens = owners.map((owner) => `${owner}:${tokenOf(owner)}`).join();

export class SharedServer {
  private taken = 0;

  private constructor(readonly server: TestServer) {}

  static async start(options: ServerOptions = {}): Promise<SharedServer> {
    return new SharedServer(
      await startServer({ ...options, env: { PULLCORD_TOKENS: ownersTokens, ...options.env } }),
    );
  }

  /** A token of an owner whom nobody has been yet. */
  newToken(): string {
    const owner = owners[this.taken++];
    if (owner === undefined) throw new Error('the test file has more tests than owners');
    return tokenOf(owner);
  }

  /** Calls as the owner of a token. */
  as(token: string): Caller {
    return caller(this.server, { token });
  }

  /** Calls as an owner who has nothing yet. */
  newOwner(): Caller {
    return this.as(this.newToken());
  }
}
