/** Waits for the work, but no longer than until `abort`: then throws its reason at once. */
export async function untilAbort<Result>(work: Promise<Result>, abort: AbortSignal): Promise<Result> {
  abort.throwIfAborted();
  let leave = (): void => undefined;
  const left = new Promise<never>((_, reject) => (leave = () => reject(abort.reason as Error)));
  abort.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, left]);
  } finally {
    abort.removeEventListener('abort', leave);
  }
}

/** Follows `abort` and a time limit. `end` is to be called when what they bound is over. */
export function deadline(
  abort: AbortSignal,
  timeoutMs: number,
  late: () => Error,
): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const follow = (): void => controller.abort(abort.reason);
  const timer = setTimeout(() => controller.abort(late()), timeoutMs);
  if (abort.aborted) follow();
  else abort.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      abort.removeEventListener('abort', follow);
    },
  };
}
