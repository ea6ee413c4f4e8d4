import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesIfNoneMatch } from '../http/etag.js';
import { acceptsGzip } from './accept-format.js';
import { pageHeaders } from './page-headers.js';
import type { PageFile } from './page-files.js';

interface Content {
  readonly plain: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
}

const compress = promisify(gzip);

/** A file as browsers get it. Read when the first one asks, and kept: there are as many as the build made, and no more. */
export class ServedFile {
  private content?: Promise<Content>;

  constructor(private readonly about: PageFile) {}

  /** Sets its headers, and gives the body to send: none when the browser has it already, which 304 says. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<Buffer | undefined> {
    const { plain, zipped, etag } = await this.read();
    const { 'if-none-match': ifNoneMatch, 'accept-encoding': encodings } = request.headers;
    void reply.headers({ ...pageHeaders, etag, 'cache-control': this.caching });
    addVary(reply, 'Accept-Encoding');
    if (ifNoneMatch !== undefined && matchesIfNoneMatch(ifNoneMatch, etag)) return void reply.status(304);
    void reply.type(this.about.mediaType);
    if (!acceptsGzip(encodings)) return plain;
    void reply.header('content-encoding', 'gzip');
    return zipped;
  }

  private get caching(): string {
    return this.about.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  }

  private read(): Promise<Content> {
    this.content ??= readContent(this.about.file).catch((error: unknown) => {
      // The next one who asks may find it again.
      this.content = undefined;
      throw error;
    });
    return this.content;
  }
}

async function readContent(file: string): Promise<Content> {
  const plain = await readFile(file);
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  // Weak: it is the same for both encodings.
  return { plain, zipped: await compress(plain), etag: `W/"${hash}"` };
}

/** Adds a name to `Vary`: CORS may have put its own there. */
export function addVary(reply: FastifyReply, name: string): void {
  const others = reply.getHeader('vary');
  void reply.header('vary', others === undefined ? name : `${String(others)}, ${name}`);
}
