import type { UIMessageChunk } from 'ai';
import { afterEach, expect, it, vi } from 'vitest';
import { readChunks } from './read-chunks.js';

afterEach(() => void vi.restoreAllMocks());

/** What is read of a text that comes in pieces of so many bytes, and whether all was said. */
async function read(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, (at += size)));
    },
  });
  const chunks = readChunks(body, 60_000, new AbortController().signal);
  const found: UIMessageChunk[] = [];
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) return { found, isWhole: value };
    found.push(value);
  }
}

const delta = (text: string): UIMessageChunk => ({ type: 'text-delta', id: 't', delta: text });
const event = (chunk: UIMessageChunk): string => `data: ${JSON.stringify(chunk)}\n\n`;

it.each([1, 2, 3, 7, 1_000])('reads the same from pieces of %i bytes', async (size) => {
  const text = `: alive\n\n${event(delta('Grüße, 🐳'))}${event(delta('a\n\nb'))}data: [DONE]\n\n`;
  expect(await read(text, size)).toEqual({ found: [delta('Grüße, 🐳'), delta('a\n\nb')], isWhole: true });
});

it('knows a stream that ends before all is said', async () => {
  expect(await read(`${event(delta('a'))}data: {"type`, 5)).toEqual({ found: [delta('a')], isWhole: false });
});

it('looks through a long event once, however many pieces it comes in', async () => {
  const long = event(delta('x'.repeat(500_000)));
  const looks = vi.spyOn(String.prototype, 'split');
  await read(`${long}data: [DONE]\n\n`, 1_000);
  const seen = looks.mock.contexts.reduce<number>((sum, text) => sum + String(text).length, 0);
  expect(seen).toBeLessThan(3 * long.length);
});
