import { setTimeout as sleep } from 'node:timers/promises';

interface Wait {
  /** Completes the sentence "waited in vain for …". */
  readonly what: string;
  readonly deadlineMs?: number;
}

/** Asks again and again until the answer is truthy, and gives that answer; fails at the deadline. */
export async function until<Answer>(
  condition: () => Answer | Promise<Answer>,
  { what, deadlineMs = 30_000 }: Wait,
): Promise<Exclude<Answer, false | null | undefined>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer as Exclude<Answer, false | null | undefined>;
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await sleep(10);
  }
}
