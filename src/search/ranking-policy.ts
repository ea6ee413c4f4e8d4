/** A match: its number, which grows with its time, and how well it matches; higher is better. */
export interface Hit {
  readonly id: number;
  readonly score: number;
}

export interface RankedHit {
  readonly id: number;
  /** From 0 to 1, the best match. */
  readonly relative: number;
}

/**
 * Best first; of as good ones, the newest. Scores are compared in hundredths of the best one: their last digits move with
 * every message that is added, and an order that hung on those would be another on the next page. Pure.
 */
export function rank(hits: readonly Hit[]): RankedHit[] {
  const best = hits.reduce((most, { score }) => Math.max(most, score), 0);
  return hits
    .map(({ id, score }) => ({ id, relative: best > 0 ? Math.round((score / best) * 100) / 100 : 0 }))
    .sort((a, b) => b.relative - a.relative || b.id - a.id);
}
