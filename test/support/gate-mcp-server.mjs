// An MCP server whose calls wait for files in a folder, so that a test decides in which order they end, and sees how often
// each was made. Plain JSON-RPC over stdio, a line each; GATE_FOLDER is the folder.
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const folder = process.env.GATE_FOLDER ?? '.';
const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, wants: { type: 'string' } },
  required: ['name', 'wants'],
};
const tools = [
  { name: 'look', description: 'Reads.', inputSchema: schema, annotations: { readOnlyHint: true } },
  { name: 'act', description: 'Writes.', inputSchema: schema },
];

const answer = (id, result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);

/** Notes that it was made, and ends once the file that it wants is there. */
function call(id, { name, wants }) {
  appendFileSync(join(folder, name), 'made\n');
  const timer = setInterval(() => {
    if (!existsSync(join(folder, wants))) return;
    clearInterval(timer);
    answer(id, { content: [{ type: 'text', text: `${name} is done` }] });
  }, 5);
}

for await (const line of createInterface(process.stdin)) {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize')
    answer(id, {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'gate', version: '1' },
    });
  else if (method === 'tools/list') answer(id, { tools });
  else if (method === 'tools/call') call(id, params.arguments);
  else if (id !== undefined) answer(id, {});
}
process.exit(0);
