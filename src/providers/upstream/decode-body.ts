import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, Readable, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { AnswerCut } from './upstream-answer.js';

/** A map, in which nothing is under a name such as `constructor`. */
const decoders: ReadonlyMap<string, () => Duplex> = new Map<string, () => Duplex>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** The body as it was before it was compressed: there are servers that do so though they were asked not to. */
export function decodeBody(body: AsyncIterable<Buffer>, headers: IncomingHttpHeaders): AsyncIterable<Buffer> {
  const decoder = decoders.get(headers['content-encoding']?.trim().toLowerCase() ?? '');
  return decoder ? decoded(body, decoder()) : body;
}

async function* decoded(body: AsyncIterable<Buffer>, decoder: Duplex): AsyncGenerator<Buffer> {
  // Whatever fails in it destroys the decoder, whose reader below is told.
  pipeline(Readable.from(body), decoder, () => undefined);
  try {
    for await (const bytes of decoder) yield bytes as Buffer;
  } catch (error) {
    throw error instanceof AnswerCut
      ? error
      : new AnswerCut('The answer cannot be decoded.', { cause: error });
  }
}
