// Files on their way to a server, as a form that any client would send: each byte of it is ours.
import { body } from './api.js';
import type { Answer, Call, Caller } from './http.js';

export interface File {
  readonly name?: string;
  /** The Content-Type of its part; none when it is null. */
  readonly type?: string | null;
  readonly bytes?: string | Uint8Array;
  /** The field that it is in. */
  readonly field?: string;
}

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly mime_type: string;
  readonly size_bytes: number;
  readonly sha256: string;
  readonly is_referenced: boolean;
  readonly created_at: string;
}

const boundary = 'a-line-between-parts';
const bytesOf = (text: string | Uint8Array): Buffer => Buffer.from(text as Uint8Array);

/** A form with these files in it, as its headers and its bytes. */
export function formOf(...files: readonly File[]): Required<Pick<Call, 'body' | 'headers'>> {
  const parts = files.flatMap(
    ({ name = 'notes.txt', type = 'text/plain', bytes = 'Buy milk.\n', field = 'file' }) => [
      bytesOf(`--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\n`),
      bytesOf(type === null ? '\r\n' : `Content-Type: ${type}\r\n\r\n`),
      bytesOf(bytes),
      bytesOf('\r\n'),
    ],
  );
  return rawForm(Buffer.concat([...parts, bytesOf(`--${boundary}--\r\n`)]));
}

/** A form of these bytes, which may be no form at all. */
export const rawForm = (bytes: string | Uint8Array): Required<Pick<Call, 'body' | 'headers'>> => ({
  body: bytesOf(bytes),
  headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
});

/** Sends a file, whatever is said to it. */
export function send(api: Caller, file: File = {}, more: Call = {}): Promise<Answer<Attachment>> {
  const form = formOf(file);
  return api.post<Attachment>('/attachments', form.body, {
    ...more,
    headers: { ...form.headers, ...more.headers },
  });
}

/** Sends a file that is new. */
export const upload = async (api: Caller, file: File = {}): Promise<Attachment> =>
  body(await send(api, file), 201);

/** The smallest picture there is: one pixel. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
