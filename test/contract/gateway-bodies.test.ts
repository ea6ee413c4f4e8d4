// Whatever a client sends, a decoder reads it or says what is wrong with it, and where.
import { describe, expect, it } from 'vitest';
import { chatCompletionsCodec } from '../../src/gateway/dialects/chat-completions/chat-completions-codec.js';
import { messagesCodec } from '../../src/gateway/dialects/messages/messages-codec.js';
import { responsesCodec } from '../../src/gateway/dialects/responses/responses-codec.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import { askIn } from '../support/transcripts/ask-in.js';
import { cases } from '../support/transcripts/situations.js';

const head = { id: 'a1', model: 'm', created_at: 0, input_tokens: 1 };

/** Reads a body, all of it, and begins the answer to it. */
const readers = {
  chat_completions: (body: unknown) => {
    const call = chatCompletionsCodec.decode(body);
    return [call.request, chatCompletionsCodec.writer(call, head).begin()];
  },
  responses: (body: unknown) => {
    const call = responsesCodec.decode(body);
    return [call.request, responsesCodec.writer(call, head).begin()];
  },
  messages: (body: unknown) => {
    const call = messagesCodec.decode(body);
    return [call.request, messagesCodec.writer(call, head).begin()];
  },
};

const absurd: readonly unknown[] = [
  ...[null, true, 5, -1, 1e300, 'x', '', '__proto__'],
  ...[[], [null], [[]], {}, { type: 'x' }],
];

/** The value with each thing in it, in turn, replaced by something absurd or left out. */
function* spoilt(value: unknown): Generator<unknown> {
  yield* absurd;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      yield value.toSpliced(at, 1);
      for (const other of spoilt(item)) yield value.toSpliced(at, 1, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
      for (const other of spoilt(inner)) yield { ...value, [name]: other };
    }
  }
}

const asks = [...new Set(cases.map(({ situation }) => situation.ask))];

describe.each(['chat_completions', 'responses', 'messages'] as const)('a body of %s', (dialect) => {
  it('that is absurd somewhere is read, or refused with the path of it', () => {
    const strange: unknown[] = [];
    let [read, refused] = [0, 0];
    for (const body of asks.flatMap((ask) => [...spoilt(askIn(dialect, 'm', ask))]))
      try {
        readers[dialect](body);
        read += 1;
      } catch (error) {
        refused += 1;
        const isSaid =
          error instanceof DomainError &&
          error.code === 'invalid_request' &&
          error.message !== '' &&
          Array.isArray(error.facts['errors']);
        if (!isSaid) strange.push({ body, error });
      }

    expect(strange).toEqual([]);
    expect(read).toBeGreaterThan(1000);
    expect(refused).toBeGreaterThan(1000);
  });
});
