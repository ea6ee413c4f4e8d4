// Many SSE clients in one process: bare sockets, for thousands of parsers would be what is measured.
import { connect, type Socket } from 'node:net';
import { until } from './until.js';

/** Connections that are being made at the same time; the system's queue of them is not endless. */
const atOnce = 500;

export class Crowd {
  private readonly members = new Set<Member>();

  constructor(
    private readonly server: { readonly url: string },
    private readonly path: string,
  ) {}

  get size(): number {
    return this.members.size;
  }

  /** More clients, each with the head of its answer and its snapshot. */
  async join(count: number): Promise<void> {
    for (let left = count; left > 0; left -= atOnce)
      await Promise.all(Array.from({ length: Math.min(left, atOnce) }, () => this.add()));
  }

  /** Waits until every one of them has heard this text, which only signals of now can hold. */
  async haveHeard(text: string): Promise<void> {
    const isDeaf = (member: Member): boolean => !member.heard.includes(text);
    await until(() => ![...this.members].some(isDeaf), { what: `everybody to hear ${text}` });
  }

  /** Everybody goes, without a word. */
  leave(): void {
    for (const { socket } of this.members) socket.destroy();
    this.members.clear();
  }

  private async add(): Promise<void> {
    const { hostname, port, host } = new URL(this.server.url);
    const socket = connect(Number(port), hostname);
    const member: Member = { socket, heard: '' };
    await new Promise<void>((resolve, reject) => {
      // Later on, a connection that breaks is an ordinary end.
      socket.on('error', reject);
      socket.on('close', () => reject(new Error(`a client was sent away: ${member.heard}`)));
      socket.on('connect', () =>
        socket.write(`GET ${this.path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/event-stream\r\n\r\n`),
      );
      socket.setEncoding('latin1').on('data', (text: string) => {
        member.heard = (member.heard + text).slice(-4096);
        if (member.heard.includes('"type":"snapshot"')) resolve();
      });
    });
    this.members.add(member);
  }
}

interface Member {
  readonly socket: Socket;
  /** The last of what it was sent. */
  heard: string;
}
