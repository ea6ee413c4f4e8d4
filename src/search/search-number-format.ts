/**
 * The numbers that messages have in the index. They follow the time, because the index gives the matches with the highest
 * numbers first: so the newest messages are found without looking at the others.
 */
export const numbersPerMs = 2048;

/** The year 2109: past it the numbers would not be exact any more. */
const lastMs = 2 ** 42 - 1;
/** By how much a number may be past its time, when many messages have the same one. */
const slackMs = 3_600_000;

/** The lowest number that a message of this time may have. */
export const firstNumber = (at: number): number => Math.min(Math.max(at, 0), lastMs) * numbersPerMs;

/** No message of this time has a higher one. */
export const lastNumber = (at: number): number => firstNumber(at + slackMs) + numbersPerMs;
