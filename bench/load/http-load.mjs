// Sends requests over keep-alive sockets, each as soon as the one before it was answered, and times the answers.
//
// On plain sockets with requests made beforehand, because the faster the client, the less it hides of the difference
// between two servers: with 32 connections undici's dispatch cost 15 to 20 µs of CPU a request and was the limit of
// what raw Fastify could show, this costs 10 to 12. (autocannon does more for each answer than either.)
import { connect } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { answerAsks } from '../lib/answer-asks.mjs';

const plans = new Map();

/** Opens the connections of a plan. Connection n goes round scripts[n % scripts.length], also across runs. */
async function open({ name, url, connections, scripts }) {
  const { hostname, port, host } = new URL(url);
  const made = scripts.map((script) => script.map((request) => encode(request, host)));
  const dial = () => connect(Number(port), hostname).setNoDelay(true);
  const its = Array.from({ length: connections }, (_, n) => new Connection(dial, made[n % made.length]));
  plans.set(name, its);
  await Promise.all(its.map((connection) => connection.open()));
}

async function run({ name, seconds }) {
  const histogram = createHistogram();
  // A server may have ended them while the others had their turns: node:http does so after five seconds.
  await Promise.all(plans.get(name).map((connection) => connection.open()));
  const began = performance.now();
  const cpu = process.cpuUsage();
  const until = began + seconds * 1000;
  const counts = await Promise.all(plans.get(name).map((connection) => connection.run(until, histogram)));
  const { user, system } = process.cpuUsage(cpu);
  const took = (performance.now() - began) / 1000;
  return {
    requests: counts.reduce((sum, count) => sum + count, 0),
    seconds: took,
    p50Ms: histogram.percentile(50) / 1000,
    p95Ms: histogram.percentile(95) / 1000,
    p99Ms: histogram.percentile(99) / 1000,
    busy: (user + system) / 1e6 / took,
  };
}

function close({ name }) {
  for (const connection of plans.get(name)) connection.end();
  plans.delete(name);
}

class Connection {
  #dial;
  #socket;
  #script;
  #position = 0;
  /** Bytes of the answer that are still to come; -1 while its head is. */
  #missing = -1;
  #head = '';
  #job;

  constructor(dial, script) {
    this.#dial = dial;
    this.#script = script;
  }

  /** Connects unless it is. */
  open() {
    if (this.#socket && !this.#socket.destroyed && this.#socket.writable) return undefined;
    const socket = this.#dial();
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', (error) => this.#job?.reject(error));
    socket.on('close', () => this.#job?.reject(new Error('The server closed a connection.')));
    return new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
  }

  /** How many requests were answered by `until`, and the one that was under way then. */
  run(until, histogram) {
    return new Promise((resolve, reject) => {
      this.#job = { until, histogram, resolve, reject, answered: 0, sentAt: 0 };
      this.#send();
    });
  }

  end() {
    this.#job = undefined;
    this.#socket.destroy();
  }

  #send() {
    this.#missing = -1;
    this.#head = '';
    this.#job.sentAt = performance.now();
    this.#socket.write(this.#script[this.#position].bytes);
  }

  #read(bytes) {
    if (this.#missing < 0) this.#readHead(bytes);
    else this.#missing -= bytes.length;
    if (this.#missing === 0) this.#answered();
  }

  #readHead(bytes) {
    const headBefore = this.#head.length;
    this.#head += bytes.latin1Slice(0, Math.min(bytes.length, 4096));
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const status = Number(this.#head.slice(9, 12));
    const { expect } = this.#script[this.#position];
    if (status !== expect)
      return this.#job.reject(new Error(`Expected ${expect} and got\n${this.#head.slice(0, 1000)}`));
    const length = status === 204 || status === 304 ? 0 : bodyLength(this.#head);
    this.#missing = end + 4 + length - headBefore - bytes.length;
  }

  #answered() {
    const job = this.#job;
    const now = performance.now();
    job.histogram.record(Math.max(1, Math.round((now - job.sentAt) * 1000)));
    job.answered += 1;
    this.#position = (this.#position + 1) % this.#script.length;
    if (now < job.until) return this.#send();
    this.#job = undefined;
    job.resolve(job.answered);
  }
}

function bodyLength(head) {
  const found = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (!found) throw new Error(`An answer without a length:\n${head}`);
  return Number(found[1]);
}

function encode({ method = 'GET', path, headers = {}, body, expect = 200 }, host) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined
      ? []
      : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`]),
  ];
  return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n${text}`), expect };
}

answerAsks({ open, run, close });
