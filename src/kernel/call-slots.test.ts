import { expect, it } from 'vitest';
import { CallSlots } from './call-slots.js';

const never = new AbortController().signal;
const tooMany = (): Error => new Error('too many');

it('lets so many in, so many wait in their order, and refuses the rest', async () => {
  const slots = new CallSlots(1, 2, tooMany);
  const order: string[] = [];
  const free = await slots.take(never);
  const waiting = ['first', 'second'].map(async (name) => {
    const done = await slots.take(never);
    order.push(name);
    done();
  });
  await expect(slots.take(never)).rejects.toThrow('too many');
  free();
  // Freed twice is freed once.
  free();
  await Promise.all(waiting);
  expect(order).toEqual(['first', 'second']);
  await slots.take(never);
});

it('gives the place of one that gave up to the next', async () => {
  const slots = new CallSlots(1, 2, tooMany);
  const free = await slots.take(never);
  const leaving = new AbortController();
  const left = slots.take(leaving.signal);
  const next = slots.take(never);
  leaving.abort(new Error('enough'));
  await expect(left).rejects.toThrow('enough');
  free();
  (await next)();
});
