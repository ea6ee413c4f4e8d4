// An MCP server over stdio that misbehaves on demand: at its start as its first argument says, in a call as the name
// of the tool says. Written without the SDK, which would not let it.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [mode = 'well', pidFile] = process.argv.slice(2);
if (pidFile) writeFileSync(pidFile, String(process.pid));

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const tool = (name, more = {}) => ({ name, description: name, inputSchema: { type: 'object' }, ...more });
const text = (content) => ({ content: [{ type: 'text', text: content }] });
const never = () => new Promise(() => {});
const cancelled = [];
let changes = 0;

/** Writes without end, as fast as it is read. */
function flood(line) {
  const write = () => {
    while (process.stdout.write(line));
    process.stdout.once('drain', write);
  };
  write();
  return never();
}

/** A program that outlives whoever does not kill it. */
function leaveChild(file) {
  const program = `process.on('SIGTERM', () => {}); require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1e6)`;
  spawn(process.execPath, ['-e', program], { stdio: 'inherit' });
}

const startModes = {
  exit: () => process.exit(3),
  flood: () => flood('{"jsonrpc":"2.0","method":"notifications/message"}\n'),
  flood_line: () => flood('x'.repeat(65_536)),
  garbage: () => process.stdout.write('Welcome!\n{"half": \n\u0000\u0001\n[]\n42\n'),
  stubborn: () => process.on('SIGTERM', () => {}),
};

const lists = {
  many: () => Array.from({ length: 10_000 }, (_, index) => tool(`tool_${index}`)),
  names: () => [
    ...[tool('plain'), tool('plain', { description: 'again' }), tool('with space'), tool('with/space')],
    ...[
      tool('x'.repeat(200)),
      tool(`${'x'.repeat(200)}y`),
      tool('日本'),
      tool(''),
      { name: 7 },
      'text',
      null,
    ],
    tool('no schema', { inputSchema: undefined }),
    tool('list schema', { inputSchema: { type: 'array' } }),
    tool('large', { inputSchema: { type: 'object', description: 'x'.repeat(100_000) } }),
    tool('reader', { annotations: { readOnlyHint: true } }),
    tool('task', { execution: { taskSupport: 'required' } }),
  ],
};

const calls = {
  echo: (args) => text(JSON.stringify(args)),
  environment: () => text(JSON.stringify(process.env)),
  hang: never,
  crash: () => process.exit(7),
  crash_silently: () => process.kill(process.pid, 'SIGKILL'),
  huge: () => flood('x'.repeat(65_536)),
  hundred_megabytes: () => text('x'.repeat(100_000_000)),
  flood: () => flood('{"jsonrpc":"2.0","method":"notifications/message"}\n'),
  flood_stderr: () => {
    for (let line = 0; line < 20_000; line++) process.stderr.write(`${'e'.repeat(5000)}\n`);
    return text('done');
  },
  chatter: () => {
    for (let remark = 0; remark < 50; remark++) say({ method: 'notifications/message', params: {} });
    return text('done');
  },
  remark: () => {
    process.stderr.write(`${'e'.repeat(100)}\n`);
    return text('done');
  },
  close_stdout: () => {
    process.stdout.end();
    setInterval(() => {}, 1e6);
    return never();
  },
  refuse: () => {
    throw new Error(`I do not like ${process.env.SECRET ?? 'you'}`);
  },
  fail: () => ({ ...text('it went wrong'), isError: true }),
  nonsense: () => ({ content: 'not a list', structuredContent: ['neither'] }),
  cancelled: () => text(JSON.stringify(cancelled)),
  leave_child: ({ file }) => {
    leaveChild(file);
    return text('left');
  },
  change: () => {
    changes += 1;
    say({ method: 'notifications/tools/list_changed' });
    return text('changed');
  },
};

const methods = {
  initialize: ({ protocolVersion }) =>
    mode === 'hang'
      ? never()
      : {
          protocolVersion,
          capabilities: { tools: { listChanged: true }, resources: {}, prompts: {} },
          serverInfo: { name: 'hostile', version: '1' },
        },
  'tools/list': ({ cursor }) => {
    if (mode === 'hang_list') return never();
    if (mode === 'pages')
      return { tools: [tool(`page_${cursor ?? 0}`)], nextCursor: String(Number(cursor ?? 0) + 1) };
    const own = [...Object.keys(calls), ...Array.from({ length: changes }, (_, index) => `new_${index}`)];
    return { tools: (lists[mode] ?? (() => own.map((name) => tool(name))))() };
  },
  'tools/call': ({ name, arguments: args }) => calls[name](args),
  'resources/list': () => ({ resources: [{ uri: 'test://a', name: 'a' }, { uri: 7 }, 'text'] }),
  'resources/templates/list': () => ({}),
  'resources/read': ({ uri }) => ({
    contents: uri === 'test://large' ? [{ uri, text: 'x'.repeat(2_000_000) }] : [],
  }),
  'prompts/list': () => ({ prompts: [] }),
};

startModes[mode]?.();
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params = {} } = JSON.parse(line);
  if (method === 'notifications/cancelled') cancelled.push(params.requestId);
  if (id === undefined) return;
  try {
    say({ id, result: await methods[method](params) });
  } catch (error) {
    say({ id, error: { code: -32603, message: error.message } });
  }
});
