import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DomainError, errorCodes } from '../kernel/domain-error.js';
import { problems, retryAfterSeconds, toProblem } from './problems.js';

const request = { instance: '/contexts/1/actions/send_message' };

describe('a problem document', () => {
  it('holds the standard members first, then the code, then the facts', () => {
    const busy = new DomainError('context_busy', 'A run is under way.', { allowed_actions: ['cancel'] });
    const problem = toProblem(busy, request);
    expect(problem).toEqual({
      type: '/problems/context_busy',
      title: 'A run is under way',
      status: 409,
      detail: 'A run is under way.',
      instance: '/contexts/1/actions/send_message',
      code: 'context_busy',
      allowed_actions: ['cancel'],
    });
    expect(Object.keys(problem)).toEqual([
      ...['type', 'title', 'status', 'detail', 'instance', 'code'],
      'allowed_actions',
    ]);
  });

  it('does not let a fact replace a standard member', () => {
    const facts = {
      type: 'x',
      title: 'x',
      status: 200,
      detail: 'x',
      instance: 'x',
      code: 'x',
      state: 'kept',
    };
    const problem = toProblem(new DomainError('not_found', 'There is no such route.', facts), request);
    expect(problem).toMatchObject({
      ...toProblem(new DomainError('not_found', 'There is no such route.'), request),
    });
    expect(problem.state).toBe('kept');
  });

  it('shows neither the stack nor the cause of its error', () => {
    const cause = new Error('SQLITE_BUSY in /srv/data/pullcord.db');
    const error = new DomainError('storage_unavailable', 'The storage does not answer.', {}, { cause });
    const text = JSON.stringify(toProblem(error, request));
    expect(text).not.toContain('SQLITE');
    expect(text).not.toContain('problems.test');
    expect(Object.keys(toProblem(error, request))).toHaveLength(6);
  });
});

describe('the table of problems', () => {
  it.each(Object.entries(problems))(
    '%s has a client or server error status and a title of its own',
    (_, kind) => {
      expect(kind.status).toBeGreaterThanOrEqual(400);
      expect(kind.status).toBeLessThan(600);
      expect(Object.values(problems).filter(({ title }) => title === kind.title)).toHaveLength(1);
    },
  );

  it('tells how long to wait exactly where 429 and 503 promise it', () => {
    for (const code of errorCodes) {
      const isTemporary = [429, 503].includes(problems[code].status);
      expect(Number.isInteger(retryAfterSeconds(code)), code).toBe(isTemporary);
    }
  });
});

describe('the list of errors', () => {
  const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
  const lines = [...page.matchAll(/^\| `(\w+)` +\| (\d{3}) +\| (.+?) +\| (.+?) +\|$/gm)];

  it('is the same in the code, in the table and in the docs, and each list names a code once', () => {
    const codes = [...errorCodes].sort();
    expect(Object.keys(problems).sort()).toEqual(codes);
    expect(lines.map(([, code]) => code).sort()).toEqual(codes);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('gives the same status in the table and in the docs, and says something about every code', () => {
    const documented = lines.map(([, code, status]) => [code, Number(status)]);
    const inTable = Object.entries(problems).map(([code, { status }]) => [code, status]);
    expect(documented.sort()).toEqual(inTable.sort());
    for (const [, code, , meaning, advice] of lines) {
      expect(meaning?.length, code).toBeGreaterThan(15);
      expect(advice?.length, code).toBeGreaterThan(15);
    }
  });
});
