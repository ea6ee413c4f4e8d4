export interface Following {
  readonly controller: AbortController;
  /** Takes the listener off the parent again. To be called exactly when the call is over. */
  unfollow(): void;
}

/**
 * A controller that aborts with `parent`, for the reason that `parent` has.
 *
 * By hand rather than by AbortSignal.any: on Node 20 a long-lived parent keeps every signal that was derived
 * from it (nodejs/node#55351), and a run's signal outlives many calls.
 */
export function followAbort(parent: AbortSignal): Following {
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return { controller, unfollow: () => parent.removeEventListener('abort', follow) };
}
