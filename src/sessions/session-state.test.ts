import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ContextId } from '../kernel/ids.js';
import { closeTab, openTab, orderTabs, patchFacts, type Tabs } from './session-state.js';

const none: Tabs = { tabs: [], active: null };
const id = (name: string): ContextId => name as ContextId;
const opened = (...names: string[]): Tabs =>
  names.reduce((state, name, used) => openTab(state, id(name), used), none);
const shown = ({ tabs, active }: Tabs): string =>
  tabs.map(({ context_id }) => (context_id === active ? `[${context_id}]` : context_id)).join(' ');

it('opens at the end or at a place, and what is opened is active', () => {
  expect(shown(opened('a', 'b', 'c'))).toBe('a b [c]');
  expect(shown(openTab(opened('a', 'b'), id('c'), 9, 0))).toBe('[c] a b');
  expect(shown(openTab(opened('a', 'b', 'c'), id('b'), 9))).toBe('a [b] c');
  expect(shown(openTab(opened('a', 'b', 'c'), id('a'), 9, 2))).toBe('b c [a]');
});

it('closes, and shows what was used last before', () => {
  const used = openTab(opened('a', 'b', 'c'), id('a'), 9);
  expect(shown(closeTab(used, id('a')))).toBe('b [c]');
  expect(shown(closeTab(used, id('b')))).toBe('[a] c');
  expect(shown(closeTab(opened('a'), id('a')))).toBe('');
  expect(closeTab(used, id('x'))).toEqual(used);
});

it('orders what it names, and leaves the rest behind it', () => {
  expect(shown(orderTabs(opened('a', 'b', 'c', 'd'), [id('d'), id('x'), id('b'), id('d')]))).toBe(
    '[d] b a c',
  );
});

it('has each tab once and one active of any, whatever is done', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd');
  const steps = fc.array(fc.tuple(fc.constantFrom('open', 'close', 'order'), names, fc.nat(5)));
  fc.assert(
    fc.property(steps, (done) => {
      const end = done.reduce((state, [step, name, place], used) => {
        if (step === 'open') return openTab(state, id(name), used, place);
        return step === 'close' ? closeTab(state, id(name)) : orderTabs(state, [id(name)]);
      }, none);
      const ids = end.tabs.map(({ context_id }) => context_id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(end.active === null ? ids.length === 0 : ids.includes(end.active)).toBe(true);
    }),
  );
});

it('patches facts, and those of the client one by one', () => {
  const facts = { theme: 'dark', font_size: 14, client: { a: 1, b: 2 } };
  expect(patchFacts(facts, { theme: null, client: { b: null, c: 3 } })).toEqual({
    font_size: 14,
    client: { a: 1, c: 3 },
  });
  expect(patchFacts(facts, { client: null })).toEqual({ theme: 'dark', font_size: 14 });
});
