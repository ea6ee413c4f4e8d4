// A server under load as a subject of `takeTurns`.

let lastName = 0;

/**
 * `plan` is what http-load opens: `connections` and their `scripts`. `per` is how many units a request carries, when
 * the rate is to count those rather than requests.
 */
export async function httpSubject({ load, server, plan, per = 1 }) {
  const name = `plan ${++lastName}`;
  await load.ask('open', { name, url: server.url, ...plan });
  const measure = async (seconds) => {
    const before = await server.ask('usage');
    const run = await load.ask('run', { name, seconds });
    const after = await server.ask('usage');
    const units = run.requests * per;
    return {
      rate: units / run.seconds,
      p50Ms: run.p50Ms,
      p95Ms: run.p95Ms,
      p99Ms: run.p99Ms,
      cpuUs: ((after.cpuSeconds - before.cpuSeconds) / units) * 1e6,
      loadBusy: run.busy,
    };
  };
  return Object.assign(measure, { close: () => load.ask('close', { name }) });
}
