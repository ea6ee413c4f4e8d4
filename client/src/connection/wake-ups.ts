/** What happens to a page that its streams should know of. */
export interface WakeUps {
  /** The network is back, or the page is looked at again: whoever waits should wait no longer. */
  woken(): void;
  /** The network has gone. */
  cutOff?(): void;
}

/** Listens to the page, where there is one; a worker hears of the network alone, and Node of nothing. */
export function onWakeUps({ woken, cutOff }: WakeUps): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  if (typeof addEventListener === 'function') {
    addEventListener('online', woken, { signal });
    addEventListener('pageshow', woken, { signal });
    if (cutOff) addEventListener('offline', cutOff, { signal });
  }
  if (typeof document !== 'undefined') {
    const shown = (): void => {
      if (document.visibilityState === 'visible') woken();
    };
    document.addEventListener('visibilitychange', shown, { signal });
    document.addEventListener('resume', woken, { signal });
  }
  return () => ended.abort();
}
