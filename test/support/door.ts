// A page on loopback that notes who asks: one that nobody may reach, or one that leads on.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Door {
  /** The paths that were asked for, without their queries, in order. */
  readonly asked: string[] = [];
  private readonly server = createServer(({ url = '/' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    this.asked.push(pathname);
    const to = searchParams.get('to');
    if (to === null) response.end('You are in.');
    else response.writeHead(302, { location: to }).end();
  });

  static async open(): Promise<Door> {
    const door = new Door();
    door.server.listen(0, '127.0.0.1');
    await once(door.server, 'listening');
    return door;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
