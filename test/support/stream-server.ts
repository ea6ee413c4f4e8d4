// A bare node:http server, for what needs sockets but no service.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export class StreamServer {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Listens on a free port and hands every request to `accept`. */
  static async listen(
    accept: (response: ServerResponse, request: IncomingMessage) => void,
  ): Promise<StreamServer> {
    const server = createServer((request, response) => accept(response, request));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StreamServer(server, (server.address() as AddressInfo).port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A client that has posted a request with a body and reads not one byte of the answer. */
  async ask(): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1');
    socket.pause();
    // A reset by the server is an ordinary end here.
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}');
    return socket;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
