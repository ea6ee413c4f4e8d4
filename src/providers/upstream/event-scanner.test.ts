import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../model-error.js';
import { EventScanner } from './event-scanner.js';

/** What a scanner hands on for these pieces, until `[DONE]`. */
function scan(scanner: EventScanner, pieces: readonly (string | Uint8Array)[]) {
  const handed: Uint8Array[] = [];
  for (const piece of pieces) {
    const { lines, isDone } = scanner.scan(Buffer.from(piece));
    handed.push(lines);
    if (isDone) return { lines: Buffer.concat(handed).toString(), isDone };
  }
  return { lines: Buffer.concat(handed).toString(), isDone: false };
}

describe('the event scanner', () => {
  it('hands on whole lines and holds back what is not yet whole', () => {
    const scanner = new EventScanner(100);

    expect(scan(scanner, ['data: a\nda'])).toEqual({ lines: 'data: a\n', isDone: false });
    expect(scan(scanner, ['ta'])).toEqual({ lines: '', isDone: false });
    expect(scan(scanner, [': b\r', '\n\r\n: c'])).toEqual({ lines: 'data: b\r\n\r\n', isDone: false });
  });

  it.each(['data: [DONE]\n', 'data:[DONE]\r\n', 'data: x\n\ndata: [DONE]\r'])('ends at %j', (stream) => {
    const bytes = [...Buffer.from(stream)].map((byte) => Uint8Array.of(byte));

    expect(scan(new EventScanner(100), [stream]).isDone).toBe(true);
    expect(scan(new EventScanner(100), bytes).isDone).toBe(true);
  });

  it.each([
    'data: "[DONE]"\n',
    'data: {"content":"data: [DONE]"}\n',
    ': [DONE]\n',
    'data: [DONE] \n',
    'xdata: [DONE]\n',
  ])('does not end at %j', (stream) => expect(scan(new EventScanner(100), [stream]).isDone).toBe(false));

  it('hands on nothing that comes after the end, also when it comes in the same piece', () => {
    const stream = 'data: x\n\ndata: [DONE]\n\ndata: more\n\n';
    expect(scan(new EventScanner(100), [stream]).lines).toBe('data: x\n\ndata: [DONE]\n');
  });

  it('hands on the very bytes that came, however they were cut', () => {
    const stream = fc.stringMatching(/^(data: [a-zé🙂]{0,9}(\n|\r\n|\r)|(\n|\r\n|\r)|: c\n){0,20}$/u);
    fc.assert(
      fc.property(stream, fc.array(fc.nat({ max: 30 })), (text, cuts) => {
        const bytes = Buffer.from(`${text}\n`);
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) pieces.push(bytes.subarray(at, (at += cut)));
        pieces.push(bytes.subarray(at));

        expect(scan(new EventScanner(1_000), pieces).lines).toBe(bytes.toString());
      }),
    );
  });

  describe('with a limit', () => {
    const tooLarge = expect.objectContaining({ code: 'content_too_large', retryable: false });
    const failure = (pieces: readonly string[]): unknown => {
      try {
        return scan(new EventScanner(20), pieces);
      } catch (error) {
        return error;
      }
    };

    it('counts each event for itself, whatever its line ends', () => {
      for (const eol of ['\n', '\r\n', '\r'])
        expect(failure([`data: 12345678901234${eol}${eol}`.repeat(5)])).not.toBeInstanceOf(ModelError);
    });

    it('refuses a line that is too long, whether it ends or not', () => {
      expect(failure(['data: 123456789012345\n'])).toEqual(tooLarge);
      expect(failure(['data: 123456789012345'])).toEqual(tooLarge);
      expect(failure(['data: ', '1234567890', '12345'])).toEqual(tooLarge);
    });

    it('refuses an event of too many lines', () => {
      expect(failure(['data: 1\n'.repeat(3)])).toEqual(tooLarge);
      expect(failure(Array.from({ length: 6 }, () => ['data: 1\r', '\n']).flat())).toEqual(tooLarge);
      expect(failure(['data: 1\n', 'data: 2\n', 'data: 3'])).toEqual(tooLarge);
    });
  });
});
