// What standing between a program and its model costs: how much later a chunk comes, and how many fewer come.
import { median, takeTurns } from '../lib/rounds.mjs';
import { limitRow, ratioRow } from '../lib/rows.mjs';

export const title = 'gateway';

const streams = 50;
/** 50 chunks a second in each stream. */
const paceMs = 20;
/** Long enough for all streams to be open. */
const settleMs = 300;
/** An answer of some pages. */
const chunks = 2000;

const words = [{ role: 'user', content: 'Go on.' }];

/** Where the same model is asked: itself, through the gateway in its own dialect, and in another one. */
const targets = (upstream, gateway, provider) => ({
  relayed: target(`${gateway}/v1/chat/completions`, { model: `${provider}/bench` }),
  translated: target(`${gateway}/v1/messages`, { model: `${provider}/bench`, max_tokens: 4096 }),
  direct: target(`${upstream}/chat/completions`, { model: 'bench' }),
});

const target = (url, fields) => ({ url, body: { ...fields, stream: true, messages: words } });

export async function run(stage) {
  const paced = stage.process('load/upstream.mjs');
  const burst = stage.process('load/upstream-burst.mjs');
  const load = stage.process('load/streams.mjs');
  const urls = { paced: await paced.ask('listen', { paceMs }), burst: await burst.ask('listen', { chunks }) };
  const pullcord = await stage.pullcord({
    env: {
      PULLCORD_PROVIDERS: JSON.stringify({
        paced: { type: 'openai_compatible', base_url: urls.paced },
        burst: { type: 'openai_compatible', base_url: urls.burst },
      }),
    },
  });
  const rates = targets(urls.burst, pullcord.url, 'burst');
  const rows = [
    ...(await latencyRows(stage, load, targets(urls.paced, pullcord.url, 'paced'))),
    ...(await rateRows(stage, { load, pullcord, rates })),
  ];
  await stage.profile(pullcord, title, (seconds) =>
    load.ask('count', { target: rates.relayed, streams, settleMs, seconds }),
  );
  return { rows };
}

async function latencyRows(stage, load, targets) {
  const seconds = stage.size(3, 1);
  const ages = { relayed: [], translated: [], direct: [] };
  const names = Object.keys(ages);
  // The first round compiles, and does not count.
  for (let n = 0; n <= stage.timing.rounds; n++)
    for (const name of n % 2 === 0 ? names : [...names].reverse()) {
      const age = await load.ask('age', { target: targets[name], streams, settleMs, seconds });
      if (n > 0) ages[name].push(age);
    }
  return ['relayed', 'translated'].map((name) => {
    const added = ages[name].map(({ p50Ms }, n) => p50Ms - ages.direct[n].p50Ms);
    return limitRow({
      title: `gateway: added to a chunk, ${name}`,
      unit: 'ms',
      value: median(added),
      ...(name === 'relayed' && { atMost: 0.3 }),
      details: {
        p50_ms: median(ages[name].map(({ p50Ms }) => p50Ms)),
        p99_ms: median(ages[name].map(({ p99Ms }) => p99Ms)),
        direct_p50_ms: median(ages.direct.map(({ p50Ms }) => p50Ms)),
        direct_p99_ms: median(ages.direct.map(({ p99Ms }) => p99Ms)),
        load_busy: median(ages[name].map(({ busy }) => busy)),
      },
    });
  });
}

async function rateRows(stage, { load, pullcord, rates }) {
  const subject = (name) => async (seconds) => {
    const before = await pullcord.ask('usage');
    const counted = await load.ask('count', { target: rates[name], streams, settleMs, seconds });
    const after = await pullcord.ask('usage');
    return {
      rate: counted.chunks / counted.seconds,
      loadBusy: counted.busy,
      ...(name !== 'direct' && {
        cpuUs: ((after.cpuSeconds - before.cpuSeconds) / counted.chunks) * 1e6,
      }),
    };
  };
  const rows = [];
  for (const name of ['relayed', 'translated']) {
    const results = await takeTurns({
      timing: stage.timing,
      subjects: { [name]: subject(name), direct: subject('direct') },
    });
    rows.push(
      ratioRow({
        ...{ title: `gateway: 50 streams, ${name}`, unit: 'chunks/s', baselineName: 'the model itself' },
        ...{ subject: results[name], baseline: results.direct },
        ...(name === 'relayed' && { atLeast: 0.6 }),
      }),
    );
  }
  return rows;
}
