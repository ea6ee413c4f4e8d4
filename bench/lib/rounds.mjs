// Subject and baselines take turns in short rounds, so that whatever else the machine does hits all of them.

/**
 * Measures each subject in every round. A subject is `measure(seconds)`, giving a sample with a `rate`. Answers, by
 * the same names, the sample with the median rate, and the median of the ratios that the first subject had to it in
 * the same round.
 */
export async function takeTurns({ timing, subjects }) {
  const names = Object.keys(subjects);
  const rounds = [];
  for (const name of names) await warmUp(subjects[name], timing);
  for (let n = 0; n < timing.rounds; n++) {
    const round = {};
    // Every other round the other way about: none is always the one that comes after the pause.
    for (const name of n % 2 === 0 ? names : [...names].reverse())
      round[name] = await subjects[name](timing.seconds);
    rounds.push(round);
  }
  const [first] = names;
  const results = names.map((name) => {
    const sample = medianBy(
      rounds.map((round) => round[name]),
      ({ rate }) => rate,
    );
    return [name, { ...sample, ratio: median(rounds.map((round) => round[first].rate / round[name].rate)) }];
  });
  return Object.fromEntries(results);
}

/**
 * Until the subject has done so much: by then its code is compiled. Counted in units, because on a busy machine a
 * second on the clock is little.
 */
async function warmUp(measure, { warmUpUnits, warmUpMaxSeconds }) {
  const until = performance.now() + warmUpMaxSeconds * 1000;
  for (let done = 0; done < warmUpUnits && performance.now() < until;) {
    const { rate } = await measure(warmUpStepSeconds);
    done += rate * warmUpStepSeconds;
  }
}

const warmUpStepSeconds = 0.25;

export const median = (numbers) => medianBy(numbers, (number) => number);

/** The middle one; of an even number, the lower of the two in the middle. */
export function medianBy(items, valueOf) {
  const ordered = [...items].sort((a, b) => valueOf(a) - valueOf(b));
  return ordered[Math.floor((ordered.length - 1) / 2)];
}
