// What the page remembers in this browser. Where it may not (private windows, blocked cookies) it forgets, and goes on.

/** `local` outlives the tab, `session` ends with it. */
type Place = 'local' | 'session';

const placeOf = (place: Place): Storage => (place === 'local' ? window.localStorage : window.sessionStorage);

export function readKept(place: Place, key: string): string | undefined {
  try {
    return placeOf(place).getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Without a value, what was kept is forgotten. False when the browser does not keep anything. */
export function keep(place: Place, key: string, value: string | undefined): boolean {
  try {
    if (value === undefined) placeOf(place).removeItem(key);
    else placeOf(place).setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
