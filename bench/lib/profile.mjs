// A CPU profile, told in a few lines: where the time went, by part, by function, and by what a function calls.

const shown = 14;

/** Runs `work` with the server's profiler on, and tells what it saw. */
export async function profileOf(server, title, work) {
  await server.ask('startProfile');
  const sample = await work();
  const profile = await server.ask('stopProfile');
  const cost = sample ? ` (${sample.cpuUs.toFixed(1)} µs each, with the profiler on)` : '';
  return describe(`${title}${cost}`, profile);
}

function describe(title, profile) {
  const frames = readFrames(profile).filter(({ part }) => part !== 'idle' && part !== 'profiler');
  const busy = frames.reduce((total, { us }) => total + us, 0);
  const lines = (totals) =>
    [...totals]
      .sort(([, a], [, b]) => b - a)
      .slice(0, shown)
      .map(([name, us]) => `  ${((100 * us) / busy).toFixed(1).padStart(5)} %  ${name}`);
  return [
    `${title}: where ${(busy / 1e6).toFixed(2)} s went in the server`,
    ...lines(totalsOf(frames, ({ part }) => [part])),
    '  functions, by what they took themselves:',
    ...lines(totalsOf(frames, ({ name }) => [name])),
    '  functions, with all that they called:',
    ...lines(totalsOf(frames, ({ stack }) => stack)),
  ].join('\n');
}

/** The time of the frames by the names that each counts for. */
function totalsOf(frames, namesOf) {
  const totals = new Map();
  for (const frame of frames)
    for (const name of new Set(namesOf(frame))) totals.set(name, (totals.get(name) ?? 0) + frame.us);
  return totals;
}

/** Every node of the profile's tree with its own time, and the functions above it that are not Node's. */
function readFrames({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map(nodes.map(({ id }) => [id, 0]));
  samples.forEach((id, index) => own.set(id, own.get(id) + timeDeltas[index]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  return nodes.map(({ id, callFrame }) => {
    const above = byId.get(parents.get(id))?.callFrame;
    const stack = [];
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at).callFrame;
      if (/node_modules|dist\/src/.test(frame.url)) stack.push(nameOf(frame));
    }
    const part = above?.url === 'node:inspector' ? 'profiler' : partOf(callFrame);
    return { part, name: nameOf(callFrame, above), us: own.get(id), stack };
  });
}

/** A function by its name and place; one of native code by who called it. */
function nameOf({ functionName, url, lineNumber }, above) {
  const name = functionName || '(anonymous)';
  if (url) return `${name} (${url.replace(/^.*\/(node_modules|dist)\//, '')}:${lineNumber + 1})`;
  return above?.url ? `${name}, native, from ${nameOf(above)}` : name;
}

function partOf({ functionName, url }) {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return functionName === '(program)' ? 'node, native' : 'native calls from JavaScript';
  if (url.startsWith('node:')) return 'node, JavaScript';
  const [, dependency] = /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(url) ?? [];
  if (dependency) return dependency;
  const [, room] = /dist\/src\/([^/]+)/.exec(url) ?? [];
  return room ? `src/${room}` : 'bench';
}
