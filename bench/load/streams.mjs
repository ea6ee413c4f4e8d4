// Programs that stream answers of a model, all at once: how many chunks they get, and how old those are.
import { once } from 'node:events';
import { Agent, request as openRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHistogram } from 'node:perf_hooks';
import { answerAsks } from '../lib/answer-asks.mjs';

const agent = new Agent({ keepAlive: true });

/** The end of an event: what chunks are counted by. */
const eventEnd = Buffer.from('\n\n');

function countEvents(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(eventEnd); at !== -1; at = bytes.indexOf(eventEnd, at + 2)) count += 1;
  return count;
}

/** The time at which a chunk was written is its text, in nanoseconds of the machine's own clock. */
const stamps = /"(\d{10,}) "/g;

class Stream {
  #asked;
  #isLeft = false;

  constructor({ url, body }, take) {
    this.done = this.#read(url, JSON.stringify(body), take);
  }

  leave() {
    this.#isLeft = true;
    this.#asked?.destroy();
  }

  /** One answer after the other, until it is left. */
  async #read(url, body, take) {
    while (!this.#isLeft) {
      this.#asked = openRequest(url, {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      this.#asked.end(body);
      try {
        const [response] = await once(this.#asked, 'response');
        if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`);
        this.#asked.on('error', () => undefined);
        for await (const bytes of response) take(bytes);
      } catch (error) {
        if (!this.#isLeft) throw error;
      }
    }
  }
}

/** Runs so many streams for so long after a time in which nothing counts, and gives what `take` was told meanwhile. */
async function run({ target, streams, settleMs, seconds }, begin, take) {
  const open = Array.from({ length: streams }, () => new Stream(target, take));
  const failed = Promise.all(open.map((stream) => stream.done));
  const measured = (async () => {
    await sleep(settleMs);
    begin();
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    await sleep(seconds * 1000);
    const elapsed = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: elapsed, busy: (user + system) / 1e6 / elapsed };
  })();
  try {
    return await Promise.race([measured, failed.then(() => measured)]);
  } finally {
    for (const stream of open) stream.leave();
    await failed.catch(() => undefined);
  }
}

answerAsks({
  /** Chunks that came, of all streams together. */
  count: async (facts) => {
    let count = 0;
    const measured = await run(
      facts,
      () => (count = 0),
      (bytes) => (count += countEvents(bytes)),
    );
    return { chunks: count, ...measured };
  },
  /** How old the chunks were when they came. */
  age: async (facts) => {
    const ages = createHistogram();
    const { busy } = await run(
      facts,
      () => ages.reset(),
      (bytes) => {
        const now = process.hrtime.bigint();
        for (const [, stamp] of bytes.toString('latin1').matchAll(stamps))
          ages.record(Math.max(1, (Number(now - BigInt(stamp)) / 1000) | 0));
      },
    );
    return { count: ages.count, p50Ms: ages.percentile(50) / 1000, p99Ms: ages.percentile(99) / 1000, busy };
  },
});
