/** `npm run test:faults` asks for the long form of each fault test; `npm test` has a short one. */
export const isFull = process.env.PULLCORD_FAULTS === 'full';

/** How much of something: a little in the short form, all of it in the long one. */
export const sized = <Size>(short: Size, full: Size): Size => (isFull ? full : short);

/** Time enough for the long form too; the short one keeps the limit that every test has. */
export const patience = sized(60_000, 3_600_000);

/** Says in the long form what a test has seen, for whoever reports it. */
export function note(seen: string): void {
  if (isFull) process.stderr.write(`${seen}\n`);
}
