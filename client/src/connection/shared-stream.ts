import type { Settings } from '../settings.js';
import { openOwnStream } from './own-stream.js';
import type { Connection, ConnectionEvents } from './stream-source.js';
import { TabCircle } from './tab-circle.js';

/** Tabs of another version of these words are another circle. */
const version = 1;

/**
 * One stream for all tabs of one origin that speak to the same server as the same user. The circle's name is made of both,
 * the user's token as a hash, so that two users never hear each other's signals; a tab whose token changes changes circles.
 */
export class SharedStream implements Connection {
  private connection: Connection | undefined;
  private isEnded = false;

  constructor(
    private readonly settings: Settings,
    private readonly events: ConnectionEvents,
  ) {
    events.changed({ status: 'connecting', failures: 0, isShared: true });
    void this.enter();
  }

  retryNow(): void {
    this.connection?.retryNow();
  }

  end(): void {
    this.isEnded = true;
    this.connection?.end();
  }

  private async enter(): Promise<void> {
    // A stream of one's own knows what to do about a token that cannot be had.
    const name = await this.nameOf(this.askToken()).catch(() => undefined);
    if (this.isEnded) return;
    this.connection = name === undefined ? this.alone() : this.circle(name);
  }

  private circle(name: string): Connection {
    try {
      return new TabCircle(name, { ...this.settings, token: () => this.tokenIn(name) }, this.events);
    } catch {
      // A sandboxed frame has no origin, hence no channels.
      return this.alone();
    }
  }

  private alone(): Connection {
    return openOwnStream(this.settings, this.events);
  }

  /** The token to open the circle's stream with; another user's is not. */
  private async tokenIn(name: string): Promise<string | undefined> {
    const token = this.settings.token();
    if ((await this.nameOf(token)) !== name) this.move();
    return token;
  }

  private move(): void {
    if (this.isEnded) return;
    this.connection?.end();
    void this.enter();
  }

  private async nameOf(token: Promise<string | undefined>): Promise<string> {
    const bytes = new TextEncoder().encode(await token);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `pullcord/${version} ${this.settings.baseUrl} ${hex}`;
  }

  private askToken(): Promise<string | undefined> {
    const { token, requestTimeoutMs } = this.settings;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('No token came.')), requestTimeoutMs);
      void token()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }
}
