import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import { SystemClock } from '../../kernel/clock.js';
import type { Owner } from '../../kernel/ids.js';
import type { CallScope } from '../call-scope.js';
import { ConsoleDialog } from './console-dialog.js';
import { PendingCalls } from './pending-calls.js';

const ada = 'ada' as Owner;
const bob = 'bob' as Owner;
const scopeOf = (owner: Owner): CallScope => ({ owner, context_id: null, purpose: 'gateway' });
const never = new AbortController().signal;
const target = { model: 'openai/gpt-4o', preview: 'Hello?' };

const pendingWith = (settings: Partial<Settings> = {}): PendingCalls =>
  new PendingCalls(Object.assign(new Settings(), settings), new SystemClock());

const outcome = (asking: Promise<void>): Promise<string> =>
  asking.then(
    () => 'approved',
    (error: { code?: string; message: string }) => `${error.code ?? 'aborted'}: ${error.message}`,
  );

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a call that waits', () => {
  it('is its owner’s alone to see and to decide about', async () => {
    const pending = pendingWith();
    const asking = outcome(pending.ask(scopeOf(ada), target, never));
    const [call] = pending.list(ada);
    expect(call).toMatchObject({ model: 'openai/gpt-4o', preview: 'Hello?', purpose: 'gateway' });
    expect(pending.list(bob)).toEqual([]);
    expect(() => pending.decide(bob, call?.id ?? '', 'denied')).toThrow(/No call .* waits/);
    pending.decide(ada, call?.id ?? '', 'approved');
    expect(() => pending.decide(bob, call?.id ?? '', 'approved')).toThrow(/No call .* waits/);
    expect(await asking).toBe('approved');
    expect(pending.list()).toEqual([]);
  });

  it('can be decided the same way again, and not otherwise', async () => {
    const pending = pendingWith();
    const asking = outcome(pending.ask(scopeOf(ada), target, never));
    const [call] = pending.list();
    pending.decide(ada, call?.id ?? '', 'denied');
    expect(pending.decide(ada, call?.id ?? '', 'denied')).toEqual(call);
    expect(() => pending.decide(ada, call?.id ?? '', 'approved')).toThrow('The call was denied before.');
    expect(await asking).toBe('call_denied: The call to the model was denied.');
  });

  it('is denied when nobody decides in time, and waits no longer', async () => {
    const pending = pendingWith({ callApprovalTimeoutMs: 5000 });
    const asking = outcome(pending.ask(scopeOf(ada), target, never));
    const [call] = pending.list();
    await vi.advanceTimersByTimeAsync(4999);
    expect(pending.list()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await asking).toBe('call_denied: Nobody approved the call to the model in time.');
    expect(() => pending.decide(ada, call?.id ?? '', 'approved')).toThrow(/No call .* waits/);
  });

  it('goes with its caller, before and after it has come', async () => {
    const pending = pendingWith();
    const gone = new AbortController();
    const asking = outcome(pending.ask(scopeOf(ada), target, gone.signal));
    gone.abort(new Error('gone'));
    expect(await asking).toBe('aborted: gone');
    expect(await outcome(pending.ask(scopeOf(ada), target, gone.signal))).toBe('aborted: gone');
    expect([pending.list(), vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('is one of at most so many', async () => {
    const pending = pendingWith({ maxPendingCalls: 1 });
    void outcome(pending.ask(scopeOf(ada), target, never));
    expect(await outcome(pending.ask(scopeOf(bob), target, never))).toMatch(/^call_denied: Too many/);
    expect(pending.list()).toHaveLength(1);
  });
});

describe('the console', () => {
  const open = (pending: PendingCalls): { type: (line: string) => Promise<void>; printed: () => string } => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    new ConsoleDialog(pending, input, output);
    let printed = '';
    output.setEncoding('utf8').on('data', (text: string) => (printed += text));
    return {
      type: async (line) => {
        input.write(`${line}\n`);
        await vi.advanceTimersByTimeAsync(0);
      },
      printed: () => printed,
    };
  };

  it('asks about one call after the other, and takes y and n', async () => {
    const pending = pendingWith();
    const { type, printed } = open(pending);
    const first = outcome(pending.ask(scopeOf(ada), target, never));
    const second = outcome(pending.ask(scopeOf(bob), { model: 'a/b' }, never));
    await type('perhaps');
    await type('Y');
    expect(await first).toBe('approved');
    await type('no');
    expect(await second).toMatch(/^call_denied/);
    await type('y');
    expect(printed()).toBe(
      'Call openai/gpt-4o for ada, gateway: "Hello?"? y/n\nPlease answer y or n.\nCall a/b for bob, gateway: ""? y/n\n',
    );
  });

  it('takes no answer about a call that it has not shown', async () => {
    const pending = pendingWith();
    const { type, printed } = open(pending);
    await type('y');
    const gone = new AbortController();
    void outcome(pending.ask(scopeOf(ada), target, gone.signal));
    void outcome(pending.ask(scopeOf(bob), target, never));
    gone.abort(new Error('gone'));
    await vi.advanceTimersByTimeAsync(0);
    expect(printed()).toMatch(/That call waits no longer\.\nCall openai\/gpt-4o for bob/);
    expect(pending.list()).toHaveLength(1);
  });
});
