// A CPU profile, told in a few lines: where the time went, by part and by function.

const shown = 12;

/** Runs `work` with the server's profiler on, and tells what it saw. */
export async function profileOf(server, title, work) {
  await server.ask('startProfile');
  await work();
  return describe(title, await server.ask('stopProfile'));
}

function describe(title, profile) {
  const times = selfTimes(profile);
  const busy = sum(times.filter(({ part }) => part !== 'idle'));
  const share = ({ name, us }) => `  ${((100 * us) / busy).toFixed(1).padStart(5)} %  ${name}`;
  const active = times.filter(({ part }) => part !== 'idle');
  return [
    `${title}: where the server's ${(busy / 1e6).toFixed(2)} s of work went`,
    ...grouped(active, ({ part }) => part).map(share),
    '  the functions that took most themselves:',
    ...grouped(active, ({ name }) => name).map(share),
  ].join('\n');
}

function grouped(times, nameOf) {
  const totals = new Map();
  for (const time of times) totals.set(nameOf(time), (totals.get(nameOf(time)) ?? 0) + time.us);
  return [...totals]
    .map(([name, us]) => ({ name, us }))
    .sort((a, b) => b.us - a.us)
    .slice(0, shown);
}

const sum = (times) => times.reduce((total, { us }) => total + us, 0);

function selfTimes({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, { ...named(node.callFrame), us: 0 }]));
  samples.forEach((id, index) => (byId.get(id).us += timeDeltas[index]));
  return [...byId.values()];
}

function named({ functionName, url, lineNumber }) {
  const part = partOf(functionName, url);
  const place = url ? ` (${url.replace(/^.*\/(node_modules|dist)\//, '')}:${lineNumber + 1})` : '';
  return { part, name: `${functionName || '(anonymous)'}${place}` };
}

function partOf(functionName, url) {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return functionName === '(program)' ? 'node, native' : 'native calls from JavaScript';
  if (url.startsWith('node:')) return 'node, JavaScript';
  const [, dependency] = /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(url) ?? [];
  if (dependency) return dependency;
  const [, room] = /dist\/src\/([^/]+)/.exec(url) ?? [];
  return room ? `src/${room}` : 'bench';
}
