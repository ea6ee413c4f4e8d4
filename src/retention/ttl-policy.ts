/** Of the deployment, where 0 means that it has none, and of a context; the shorter one counts. */
export interface TimesToLive {
  readonly deploymentMs: number;
  readonly contextMs: number | null;
}

/** When a context that was last changed at `changedAt` is to be deleted; undefined for never. Pure. */
export function expiresAt(changedAt: number, { deploymentMs, contextMs }: TimesToLive): number | undefined {
  const times = [...(deploymentMs > 0 ? [deploymentMs] : []), ...(contextMs === null ? [] : [contextMs])];
  return times.length === 0 ? undefined : changedAt + Math.min(...times);
}
