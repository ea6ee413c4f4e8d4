import { AISDKError, APICallError } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../model-error.js';
import { convertError, convertEvent } from './convert-error.js';
import { AnswerCut } from './upstream-answer.js';

const scene = { provider: 'openai', now: Date.UTC(2025, 0, 15), secrets: ['hunter2'] };
const url = 'https://user:hunter2@example.com/v1/chat/completions';
const requestBodyValues = { messages: ['a secret prompt'] };

const answered = (statusCode: number, body: unknown, responseHeaders: Record<string, string> = {}) =>
  new APICallError({
    message: 'x',
    url,
    requestBodyValues,
    statusCode,
    responseHeaders,
    responseBody: typeof body === 'string' ? body : JSON.stringify(body),
  });

const unanswered = (cause: Error) => new APICallError({ message: 'x', url, requestBodyValues, cause });
const withCode = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

describe('an error of the AI SDK', () => {
  it.each([
    [{ error: { message: 'Too long', code: 'context_length_exceeded' } }, ': Too long'],
    [{ error: 'model not found' }, ': model not found'],
    [{ message: 'no such thing', object: 'error' }, ': no such thing'],
    [{ detail: 'Not Found' }, ': Not Found'],
    [{ detail: [{ loc: ['body'] }] }, '.'],
    [{ error: { message: 'It was hunter2' } }, ': It was [key]'],
    ['<html><body>Bad Gateway</body></html>', '.'],
    ['null', '.'],
    ['', '.'],
  ])('with the body %j says %j', (body, said) => {
    expect(convertError(answered(400, body), scene).message).toBe(
      `The provider "openai" refused the request (400)${said}`,
    );
  });

  it.each([
    [429, 'rate_limited', true],
    [500, 'upstream_error', true],
    [529, 'upstream_error', true],
    [400, 'upstream_rejected', false],
    [401, 'upstream_rejected', false],
    [403, 'upstream_rejected', false],
    [404, 'upstream_rejected', false],
    [409, 'upstream_rejected', true],
    [422, 'upstream_rejected', false],
    [304, 'upstream_rejected', false],
  ])('with status %i is %s', (status, code, retryable) => {
    expect(convertError(answered(status, ''), scene)).toMatchObject({ code, retryable, status });
  });

  it('about an empty account is not worth another try', () => {
    const body = { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } };

    expect(convertError(answered(429, body), scene)).toMatchObject({
      code: 'rate_limited',
      retryable: false,
    });
  });

  it('says how long to wait, also by a date', () => {
    const date = { 'retry-after': 'Wed, 15 Jan 2025 00:00:09 GMT' };

    expect(convertError(answered(503, '', date), scene).retry_after_ms).toBe(9_000);
    expect(convertError(answered(503, ''), scene).retry_after_ms).toBeUndefined();
  });

  it.each([
    [withCode('ECONNREFUSED'), 'connect_failed', 'The provider "openai" cannot be reached (ECONNREFUSED).'],
    [
      new AggregateError([withCode('ENETUNREACH')]),
      'connect_failed',
      'The provider "openai" cannot be reached (ENETUNREACH).',
    ],
    [
      new Error('?', { cause: withCode('ENOTFOUND') }),
      'connect_failed',
      'The provider "openai" cannot be reached (ENOTFOUND).',
    ],
    [
      withCode('UND_ERR_CONNECT_TIMEOUT'),
      'connect_timeout',
      'Connecting to the provider "openai" took too long.',
    ],
    [new Error('?'), 'connect_failed', 'The provider "openai" cannot be reached.'],
  ])('without an answer, because of %s, is %s', (cause, code, message) => {
    expect(convertError(unanswered(cause), scene)).toMatchObject({ code, message, retryable: true });
  });

  it('with one of ours inside is that one', () => {
    const ours = new ModelError('content_too_large', 'Too large', { retryable: false });

    expect(convertError(unanswered(new Error('?', { cause: ours })), scene)).toBe(ours);
  });

  it('never carries the address, the prompt or what was sent, not even as its cause', () => {
    const errors = [
      answered(500, { error: { message: `at ${url}` } }),
      answered(200, ''),
      unanswered(withCode('ECONNRESET')),
      new AnswerCut('a secret prompt', { cause: withCode('ECONNRESET') }),
      new AISDKError({ name: 'AI_Error', message: url }),
    ];
    for (const error of errors) {
      const converted = convertError(error, scene);
      const shown = [converted.message, String(converted.cause), JSON.stringify(converted)].join();

      expect(shown).not.toMatch(/hunter2|example\.com|secret prompt/);
    }
  });

  it('about an answer that broke off is worth another try', () => {
    const cut = new AnswerCut('?', { cause: withCode('ECONNRESET') });

    expect(convertError(cut, scene)).toMatchObject({
      code: 'upstream_protocol',
      retryable: true,
      message: 'The provider "openai" broke off in the middle of its answer.',
      cause: cut.cause,
    });
  });

  it('that is a bug keeps its cause, for the log', () => {
    const bug = new TypeError('x is not a function');

    expect(convertError(bug, scene)).toMatchObject({
      code: 'upstream_protocol',
      retryable: false,
      cause: bug,
    });
  });

  it('that loops back to itself does not hang', () => {
    const loop = new Error('a');
    loop.cause = loop;

    expect(convertError(loop, scene)).toMatchObject({ code: 'upstream_protocol', retryable: false });
  });
});

describe('an event that is no chunk', () => {
  it.each([
    [undefined, 'upstream_protocol', 'sent an event that is not JSON.'],
    [{ it: 'a secret prompt' }, 'upstream_protocol', 'sent an event that is no part of an answer.'],
    [null, 'upstream_protocol', 'sent an event that is no part of an answer.'],
    [{ error: { message: 'GPU on fire' } }, 'upstream_error', 'reported an error: GPU on fire'],
    [{ error: 'out of memory' }, 'upstream_error', 'reported an error: out of memory'],
    [{ error: { message: 'hunter2', code: 502 } }, 'upstream_error', 'reported an error: [key]'],
    [
      { error: { message: 'Slow down', code: '429' } },
      'rate_limited',
      'is limiting requests (429): Slow down',
    ],
    [{ error: { message: 'Bad', code: 'oops' } }, 'upstream_error', 'reported an error: Bad'],
    [{ error: { message: 'Bad', code: 'constructor' } }, 'upstream_error', 'reported an error: Bad'],
    [
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'upstream_error',
      'reported an error: Overloaded',
    ],
    [
      { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down' } },
      'rate_limited',
      'is limiting requests (429): Slow down',
    ],
    [
      { type: 'error', code: 'rate_limit_exceeded', message: 'Slow down', param: null },
      'rate_limited',
      'is limiting requests (429): Slow down',
    ],
    [
      { type: 'response.failed', response: { error: { code: 'invalid_prompt', message: 'Bad' } } },
      'upstream_rejected',
      'refused the request (400): Bad',
    ],
    [{ type: 'response.failed', response: { error: null } }, 'upstream_error', 'reported an error.'],
  ])('such as %j is %s', (event, code, said) => {
    expect(convertEvent(event, scene)).toMatchObject({ code, message: `The provider "openai" ${said}` });
  });
});
