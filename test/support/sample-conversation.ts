/** What the pictures of the playground show. */
export const sampleTitles = [
  'Leases, and who holds them',
  'Trains from Rome',
  'Why the tests were slow',
  'Names for a small boat',
  'Letter to the landlord',
  'A plan for the garden in spring',
] as const;

export const question = 'How does a server know that another one, which holds a job, has died?';

export const sampleAnswer = `It cannot *know*. It can only agree beforehand on when to stop believing, and that is what a **lease** is: a claim that ends by itself unless it is renewed.

1. Whoever takes the job writes its name and a time into a row.
2. While it works, it moves that time ahead.
3. Whoever finds the time passed takes the job over.

\`\`\`sql
UPDATE runs SET node = :me, leased_until = :now + 15 WHERE id = :run AND leased_until < :now
\`\`\`

| | a lock | a lease |
| --- | --- | --- |
| ends | when it is given back | by itself |
| after a crash | stays | lapses |
`;

export const thought =
  'The user asks about failure detection. A lease is the plain answer; a table helps to tell it from a lock.';

export const thoughtOfTime =
  'Whether it can still be caught depends on the time in Rome, which a tool can tell.';

export const longAnswer = `A pull reads what is there, from where the reader has come, so it does not matter which signals arrived.

- **Lost?** The next one carries a higher number, and the pull brings both.
- **Twice?** The cursor is there already; nothing is asked.
- **Late?** The same.

What the server keeps is the conversation. What a client keeps is a number.`;
