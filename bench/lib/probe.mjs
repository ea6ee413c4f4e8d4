// Loaded into a server process with `--import`, so that it can be looked into from outside without a line of its own
// being changed: CPU time, memory, the delay of its event loop, a CPU profile.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerAsks } from './answer-asks.mjs';

const loopStepMs = 2;
const loop = monitorEventLoopDelay({ resolution: loopStepMs });
let session;

/** A percentile of how much later than it should the loop came round. The histogram counts the step itself too. */
const delay = (percentile) => Math.max(0, loop.percentile(percentile) / 1e6 - loopStepMs);

const inspect = (method, params) =>
  new Promise((resolve, reject) =>
    session.post(method, params, (error, result) => (error ? reject(error) : resolve(result))),
  );

answerAsks({
  usage: () => {
    const { user, system } = process.cpuUsage();
    return { cpuSeconds: (user + system) / 1e6, rss: process.memoryUsage.rss() };
  },
  /** Memory without what is only waiting to be collected. Needs --expose-gc. */
  memoryInUse: async () => {
    for (let n = 0; n < 3; n++) {
      globalThis.gc();
      await sleep(50);
    }
    const { rss, heapUsed, external } = process.memoryUsage();
    return { rss, heapUsed: heapUsed + external };
  },
  watchLoop: () => {
    loop.enable();
    loop.reset();
  },
  loopDelay: () => ({ p50: delay(50), p99: delay(99), max: Math.max(0, loop.max / 1e6 - loopStepMs) }),
  startProfile: async () => {
    // Only now: it is a part of Node that nobody else needs at the start.
    const { Session } = await import('node:inspector');
    session = new Session();
    session.connect();
    await inspect('Profiler.enable');
    await inspect('Profiler.setSamplingInterval', { interval: 200 });
    await inspect('Profiler.start');
  },
  stopProfile: async () => {
    const { profile } = await inspect('Profiler.stop');
    session.disconnect();
    return profile;
  },
});
// The server's life is its own affair.
process.channel.unref();
