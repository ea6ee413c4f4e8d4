// Holds many SSE connections and one that gives cause for signals. On plain sockets: a thousand parsers would be
// slower than the server that is measured.
import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'undici';
import { answerAsks } from '../lib/answer-asks.mjs';

/** As many at a time as a listening socket has room for. */
const openAtOnce = 200;
/** What is in each counted event, and in nothing else that comes. */
const mark = '"state_changed"';

const groups = new Map();

/** Opens so many streams of one path, and resolves when each has its snapshot. */
async function open({ name, url, path, count }) {
  const group = { url, sockets: [], received: 0, wanted: Infinity, complete: undefined };
  groups.set(name, group);
  while (group.sockets.length < count) {
    const more = Math.min(openAtOnce, count - group.sockets.length);
    group.sockets.push(...(await Promise.all(Array.from({ length: more }, () => follow(group, path)))));
  }
}

async function follow(group, path) {
  const { hostname, port, host } = new URL(group.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`);
  for (let seen = ''; !seen.includes('"snapshot"');) {
    const [bytes] = await once(socket, 'data');
    seen += bytes;
  }
  socket.on('data', (bytes) => {
    if (bytes.includes(mark) && ++group.received === group.wanted) group.complete();
  });
  return socket;
}

/**
 * Gives cause for one signal after another, each when everybody has the one before. `script` are the requests that
 * take turns, and `position` the one to begin with.
 */
async function run({ name, seconds, script, position }) {
  const group = groups.get(name);
  const client = new Client(group.url);
  const began = performance.now();
  const cpu = process.cpuUsage();
  let signals = 0;
  for (; performance.now() < began + seconds * 1000; signals++)
    await signalOnce(group, client, script[(position + signals) % script.length]);
  const took = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await client.close();
  return { signals, seconds: took, busy: (user + system) / 1e6 / took };
}

async function signalOnce(group, client, { path, body }) {
  group.received = 0;
  group.wanted = group.sockets.length;
  const everybody = new Promise((resolve) => (group.complete = resolve));
  const headers = { 'content-type': 'application/json' };
  const answer = await client.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
  if (answer.statusCode !== 202) throw new Error(`A signal's cause was answered ${answer.statusCode}.`);
  await Promise.all([answer.body.dump(), everybody]);
}

function close({ name }) {
  for (const socket of groups.get(name).sockets) socket.destroy();
  groups.delete(name);
}

answerAsks({ open, run, close });
