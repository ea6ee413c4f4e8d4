// README.md, pasted into a terminal from top to bottom, as its reader does: `npm start`, curl, kill -9 and all.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTerminal, runBlock } from '../support/page-run.js';
import { blocksOf, readPage } from '../support/pages.js';
import type { Terminal } from '../support/terminal.js';

const commands = blocksOf(readPage('README.md'));

let folder = '';
let address = '';
let terminal: Terminal;
beforeAll(async () => {
  // The reader's folder, but with a data folder and a log of its own: both are below the working folder.
  folder = mkdtempSync(join(tmpdir(), 'pullcord-readme-'));
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  terminal = await openTerminal(folder, { PORT: String(port) });
});
afterAll(async () => {
  await terminal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const lastNumber = (text: string, name: string): number =>
  Number([...text.matchAll(new RegExp(`"${name}":(\\d+)`, 'g'))].at(-1)?.[1]);

describe('README.md', () => {
  const output = new Map<string, string>();

  it('can be pasted from top to bottom, and prints what it shows', async () => {
    const where = { page: 'README.md', places: [['127.0.0.1:3000', address]] as const };
    for (const command of commands) output.set(command.code, await runBlock(terminal, command, where));
    // Twice npm start; the first compiles when somebody has changed a source since the last build.
  }, 300_000);

  it('starts with npm start, and keeps its data in ./data', () => {
    expect(commands[0]?.code).toMatch(/^npm start/);
    expect(readFileSync(join(folder, 'data/pullcord.db')).subarray(0, 15).toString()).toBe('SQLite format 3');
    expect(readFileSync(join(folder, 'pullcord.log'), 'utf8')).toContain(`"url":"http://${address}"`);
  });

  it('shows no text in a signal', () => {
    const signals = terminal.printed.match(/^data: .*$/gm) ?? [];
    expect(signals.length).toBeGreaterThan(10);
    expect(signals.filter((signal) => /says|what\.|"\/words/.test(signal))).toEqual([]);
  });

  it('finds every chunk again that was signalled before the kill', () => {
    const kill = commands.findIndex(({ code }) => code.includes('kill -9'));
    const signalled = lastNumber(output.get(commands[kill]?.code ?? '') ?? '', 'current_sequence');
    const found = lastNumber(output.get(commands[kill + 2]?.code ?? '') ?? '', 'current_sequence');
    expect(signalled).toBeGreaterThan(0);
    expect(found).toBeGreaterThanOrEqual(signalled);
  });
});
