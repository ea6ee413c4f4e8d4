/** Rows that should not be there, or are not where they should be. */
export interface Stray {
  /** Selects `id`, and whatever else `says` needs. */
  readonly sql: string;
  readonly says: (id: string) => string;
}
