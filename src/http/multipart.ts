import type { Readable } from 'node:stream';
import type { BusboyInstance } from '@fastify/busboy';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';
import { documented } from './documented.js';
import { malformed, unsupported } from './fastify-errors.js';

/** A file on its way in. Its content is to be read, and not destroyed where the reader leaves early. */
export interface SentFile {
  /** As it was sent, with whatever path is in it. */
  readonly name: string;
  /** The Content-Type of its part, without parameters; that of text when it had none (RFC 7578 §4.4). */
  readonly declared: string;
  readonly content: Readable;
}

/** The one field of such a form. */
const fieldName = 'file';
/** What a form takes beside its file: boundaries, and the head of a part. */
const frameBytes = 16_384;

const isMultipart = (request: FastifyRequest): boolean =>
  (request.routeOptions.config as { readonly isMultipart?: boolean }).isMultipart === true;

/** For a route whose body is a form with a file, and never JSON. */
export const MultipartBody = (): MethodDecorator => RouteConfig({ isMultipart: true });

/** Its body in the document: a class with the one field. */
export const FileForm = (form: new () => object): MethodDecorator =>
  documented(({ ApiConsumes, ApiBody }) => (target, key, descriptor) => {
    ApiConsumes('multipart/form-data')(target, key, descriptor);
    ApiBody({ type: form, required: true })(target, key, descriptor);
  });

const multipart = /^multipart\/form-data(;|$)/i;

/** Lets forms reach the routes that take them, unread; every other route goes on to refuse them. */
export function acceptMultipart(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(multipart, (request, _payload, done) =>
    done(isMultipart(request) ? null : unsupported()),
  );
}

/**
 * Reads a form while it arrives: gives its one file to `take`, and its answer back once the form has ended well. What
 * `take` has made is its caller's to put away when that fails. However it ends, what is left of the request is read and
 * dropped, so that the client hears the answer. `body_too_large` at once where the request says that it is longer than
 * `maxBytes` and its frame.
 */
export async function readFile<Answer>(
  request: FastifyRequest,
  maxBytes: number,
  take: (file: SentFile) => Promise<Answer>,
): Promise<Answer> {
  const { raw } = request;
  try {
    if (!multipart.test(raw.headers['content-type'] ?? ''))
      throw new DomainError('unsupported_media_type', 'Send the file as multipart/form-data.');
    if (Number(raw.headers['content-length'] ?? 0) > maxBytes + frameBytes)
      throw new DomainError('body_too_large', `A file may have at most ${maxBytes} bytes.`);
    const parser = await openParser(raw.headers);
    const form = watchForm(parser, take);
    const ended = formEnd(raw, parser);
    ended.then(form.end, form.fail);
    raw.pipe(parser);
    const answer = await form.answer;
    await ended;
    form.refuseMore();
    return answer;
  } finally {
    raw.unpipe();
    raw.resume();
  }
}

async function openParser(headers: FastifyRequest['headers']): Promise<BusboyInstance> {
  const { Busboy } = await import('@fastify/busboy');
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      // A name with a path in it is to be refused, not shortened.
      preservePath: true,
      limits: { files: 1, fields: 1, parts: 2, fieldSize: 1024, headerPairs: 20, headerSize: frameBytes },
    });
  } catch {
    throw malformedForm();
  }
}

const malformedForm = (): DomainError => malformed('The body is not a whole multipart form.');

const wrong = (path: string, message: string): DomainError =>
  new DomainError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });

interface Form<Answer> {
  readonly answer: Promise<Answer>;
  /** To be called at the end of the form. */
  end(): void;
  /** To be called where its end does not come: what is being read of it ends in this error. */
  fail(error: Error): void;
  /** Throws where there was more in it than the file. */
  refuseMore(): void;
}

function watchForm<Answer>(parser: BusboyInstance, take: (file: SentFile) => Promise<Answer>): Form<Answer> {
  let begun: Readable | undefined;
  let more: DomainError | undefined;
  const { promise, resolve, reject } = withResolvers<Answer>();
  parser.on('file', (field, content, name, _encoding, declared) => {
    begun = content;
    // Whoever reads it hears of it as well; without anybody, it would end the process.
    content.on('error', () => undefined);
    if (field !== fieldName) return reject(unknown(field));
    take({ name, declared, content }).then(resolve, reject);
  });
  parser.on('field', (field) => (more ??= field === fieldName ? noFile() : unknown(field)));
  for (const limit of ['filesLimit', 'partsLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => (more ??= wrong(fieldName, 'must be the only part')));
  return {
    answer: promise,
    end: () => {
      if (!begun) reject(more ?? wrong(fieldName, 'is required'));
    },
    fail: (error) => {
      begun?.destroy(error);
      if (!begun) reject(error);
    },
    refuseMore: () => {
      if (more) throw more;
    },
  };
}

const unknown = (field: unknown): DomainError => wrong(String(field).slice(0, 100), 'is not a known field');
const noFile = (): DomainError => wrong(fieldName, 'must be a file');

/** Resolves at the end of the form; rejects when it is broken, or its sender has gone. */
function formEnd(raw: FastifyRequest['raw'], parser: BusboyInstance): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.on('finish', resolve);
    parser.on('error', () => reject(malformedForm()));
    raw.on('close', () => {
      if (!raw.complete) reject(malformedForm());
    });
  });
}

interface Resolvers<Answer> {
  readonly promise: Promise<Answer>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

function withResolvers<Answer>(): Resolvers<Answer> {
  let resolve: Resolvers<Answer>['resolve'] = () => undefined;
  let reject: Resolvers<Answer>['reject'] = () => undefined;
  const promise = new Promise<Answer>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}
