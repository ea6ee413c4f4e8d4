import { open, type FileHandle } from 'node:fs/promises';
import type { Found } from './media-kinds.js';

const headBytes = 65_536;

/** Formats that are text to the eye, but not meant for it. */
const writtenInText = new Set(['application/pdf', 'application/postscript', 'application/rtf']);

/** What the bytes of a file show it to be: the first ones of a binary, all of a text. */
export async function inspectFile(path: string): Promise<Found> {
  const { fileTypeFromBuffer } = await import('file-type');
  const file = await open(path, 'r');
  try {
    const head = await readAt(file, 0);
    const sniffed = await fileTypeFromBuffer(head);
    // Text comes first: marks of two letters, such as BM, also begin sentences.
    if (!(sniffed && writtenInText.has(sniffed.mime)) && (await isUtf8Text(file))) return { type: 'text' };
    return sniffed ? { type: 'known', mime_type: sniffed.mime } : { type: 'unknown' };
  } finally {
    await file.close();
  }
}

/** UTF-8 without the control characters that no text has; stops at the first piece that is none. */
async function isUtf8Text(file: FileHandle): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let at = 0; ;) {
      const piece = await readAt(file, at);
      if (isBinary.test(decoder.decode(piece, { stream: piece.length > 0 }))) return false;
      if (piece.length === 0) return true;
      at += piece.length;
    }
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

// eslint-disable-next-line no-control-regex -- these are what it looks for
const isBinary = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

async function readAt(file: FileHandle, position: number): Promise<Uint8Array> {
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(headBytes), 0, headBytes, position);
  return buffer.subarray(0, bytesRead);
}
