// Clients as clients are meant to be: each follows a context's signals, and pulls what a signal says is there.
import { request as openStream } from 'node:http';
import { once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { Pool } from 'undici';
import { answerAsks } from '../lib/answer-asks.mjs';

/** Connections that the pulls share. */
const pullConnections = 50;

/** In microseconds, from the model's write. */
let signalled = createHistogram();
let pulled = createHistogram();
let forgotten = { at: performance.now(), cpu: process.cpuUsage() };

const now = () => process.hrtime.bigint();
const microseconds = (from, to) => Math.max(1, Number((to - from) / 1000n));

class Follower {
  #pool;
  #contextId;
  #messageId;
  #cursor = 0;
  #target = 0;
  #isPulling = false;
  /** Signals that chunks still to be pulled were announced by, and chunks that were pulled before their signal. */
  #signals = [];
  #unannounced = [];

  constructor(pool, contextId) {
    this.#pool = pool;
    this.#contextId = contextId;
  }

  async open(url) {
    const asked = openStream(`${url}/contexts/${this.#contextId}/events`, { agent: false });
    asked.end();
    const [response] = await once(asked, 'response');
    response.setEncoding('utf8');
    let rest = '';
    response.on('data', (text) => {
      const events = (rest + text).split('\n\n');
      rest = events.pop();
      for (const event of events) this.#read(event);
    });
  }

  #read(event) {
    const [, data] = /^data: (.*)$/m.exec(event) ?? [];
    const signal = data && JSON.parse(data);
    if (signal?.type !== 'content_delta') return;
    const at = now();
    this.#messageId = signal.message_id;
    this.#target = signal.current_sequence;
    this.#signals.push({ sequence: this.#target, at });
    for (const { stamp } of this.#unannounced.splice(0)) signalled.record(microseconds(stamp, at));
    if (!this.#isPulling) void this.#pull();
  }

  async #pull() {
    this.#isPulling = true;
    while (this.#cursor < this.#target) {
      const path = `/contexts/${this.#contextId}/messages/${this.#messageId}/streaming-chunks?after=${this.#cursor}`;
      const { body } = await this.#pool.request({ method: 'GET', path });
      const { chunks } = await body.json();
      const at = now();
      for (const { sequence, delta } of chunks) this.#pulled(sequence, BigInt(delta.trim()), at);
      this.#cursor = chunks.at(-1)?.sequence ?? this.#cursor;
    }
    this.#isPulling = false;
  }

  #pulled(sequence, stamp, at) {
    pulled.record(microseconds(stamp, at));
    while (this.#signals[0]?.sequence < sequence) this.#signals.shift();
    const [signal] = this.#signals;
    if (signal) signalled.record(microseconds(stamp, signal.at));
    else this.#unannounced.push({ stamp });
  }
}

const told = (histogram) => ({
  count: histogram.count,
  p50Ms: histogram.percentile(50) / 1000,
  p99Ms: histogram.percentile(99) / 1000,
});

function busySince({ at, cpu }) {
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1000 / (performance.now() - at);
}

answerAsks({
  follow: async ({ url, contextIds }) => {
    const pool = new Pool(url, { connections: pullConnections });
    await Promise.all(contextIds.map((id) => new Follower(pool, id).open(url)));
  },
  forget: () => {
    signalled = createHistogram();
    pulled = createHistogram();
    forgotten = { at: performance.now(), cpu: process.cpuUsage() };
  },
  report: () => ({ signalled: told(signalled), pulled: told(pulled), busy: busySince(forgotten) }),
});
