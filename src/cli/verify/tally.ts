/** How much was looked at. */
export interface Tally {
  contexts: number;
  messages: number;
  chunks: number;
}

export const newTally = (): Tally => ({ contexts: 0, messages: 0, chunks: 0 });
