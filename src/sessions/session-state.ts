import type { ContextId } from '../kernel/ids.js';

export interface Tab {
  readonly context_id: ContextId;
  /** The session's revision at which it was last the active one. */
  readonly used: number;
}

/** The tabs in their order, and which of them is shown. A tab is active whenever there is one. */
export interface Tabs {
  readonly tabs: readonly Tab[];
  readonly active: ContextId | null;
}

/** Free-form facts, and those that have names; null removes. */
export type Facts = Readonly<Record<string, unknown>>;

/** Opens a tab at a place, or at the end, or moves the one that is open to the place; it is the active one then. Pure. */
export function openTab(state: Tabs, contextId: ContextId, used: number, position?: number): Tabs {
  const at = state.tabs.findIndex((tab) => tab.context_id === contextId);
  const others = state.tabs.filter((tab) => tab.context_id !== contextId);
  const place = position ?? (at < 0 ? others.length : at);
  const tab = { context_id: contextId, used };
  return { tabs: [...others.slice(0, place), tab, ...others.slice(place)], active: contextId };
}

/** Closes a tab. In place of the active one the most recently used becomes active. Pure. */
export function closeTab({ tabs, active }: Tabs, contextId: ContextId): Tabs {
  const left = tabs.filter((tab) => tab.context_id !== contextId);
  if (active !== contextId) return { tabs: left, active };
  const [next] = left.toSorted((a, b) => b.used - a.used);
  return { tabs: left, active: next?.context_id ?? null };
}

/**
 * Puts the tabs in an order. Those that it does not name come after those that it does, in the order that they have, and
 * names of none are passed over: another device may have opened and closed some meanwhile. Pure.
 */
export function orderTabs({ tabs, active }: Tabs, order: readonly ContextId[]): Tabs {
  const places = new Map([...new Set(order)].map((id, place) => [id, place]));
  const placeOf = ({ context_id }: Tab): number => places.get(context_id) ?? places.size;
  return { tabs: tabs.toSorted((a, b) => placeOf(a) - placeOf(b)), active };
}

export const hasTab = ({ tabs }: Tabs, contextId: ContextId): boolean =>
  tabs.some((tab) => tab.context_id === contextId);

/** Facts with a patch on them: null removes, absence leaves; the fields of `client` one by one as well. Pure. */
export function patchFacts(facts: Facts, patch: Facts): Facts {
  const client = isFacts(patch.client)
    ? { client: merged(isFacts(facts.client) ? facts.client : {}, patch.client) }
    : {};
  return merged(facts, { ...patch, ...client });
}

const merged = (facts: Facts, patch: Facts): Facts =>
  Object.fromEntries(
    Object.entries({ ...facts, ...patch }).filter(([, value]) => value !== null && value !== undefined),
  );

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
