/**
 * Listens to the page, where there is one; a worker hears of the network alone, and Node of nothing. `woken`: the network is
 * back, or the page is looked at again, so whoever waits should wait no longer. `cutOff`: the network has gone.
 */
export function onWakeUps(woken: () => void, cutOff?: () => void): () => void {
  const ended = new AbortController();
  const listen = (target: EventTarget, type: string, listener: () => void): void =>
    target.addEventListener(type, listener, { signal: ended.signal });
  if (typeof addEventListener === 'function') {
    listen(globalThis, 'online', woken);
    listen(globalThis, 'pageshow', woken);
    if (cutOff) listen(globalThis, 'offline', cutOff);
  }
  if (typeof document !== 'undefined') {
    listen(document, 'visibilitychange', () => document.hidden || woken());
    listen(document, 'resume', woken);
  }
  return () => ended.abort();
}
