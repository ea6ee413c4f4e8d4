// The benchmark: its scenarios one after the other, each beside its baselines, and what came of them.
import { parseArgs } from 'node:util';
import { draw } from './lib/draw.mjs';
import { machine } from './lib/machine.mjs';
import { newestResult, saveResult } from './lib/results.mjs';
import { Stage } from './lib/stage.mjs';
import { textTable } from './lib/table.mjs';
import { writePage } from './lib/write-page.mjs';
import * as appendOne from './scenarios/append-one.mjs';
import * as appendHundred from './scenarios/append-hundred.mjs';
import * as commands from './scenarios/commands.mjs';
import * as metadata from './scenarios/metadata.mjs';
import * as pulls from './scenarios/pulls.mjs';
import * as fanOut from './scenarios/fan-out.mjs';
import * as latency from './scenarios/latency.mjs';
import * as sustained from './scenarios/sustained.mjs';
import * as growth from './scenarios/growth.mjs';
import * as search from './scenarios/search.mjs';
import * as gateway from './scenarios/gateway.mjs';
import * as startUp from './scenarios/start-up.mjs';

const scenarios = [
  ...[appendOne, appendHundred, commands, metadata, pulls],
  ...[fanOut, latency, sustained, gateway, growth, search, startUp],
];

const say = (line) => process.stderr.write(`${line}\n`);

export async function main(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, profile: { type: 'boolean' }, draw: { type: 'boolean' } },
  });
  if (values.draw) return drawNewest();
  const chosen = scenarios.filter(
    ({ title }) => positionals.length === 0 || positionals.some((part) => title.includes(part)),
  );
  if (chosen.length === 0)
    throw new Error(`There is no such scenario, only ${scenarios.map(({ title }) => title).join(', ')}.`);
  const { result, failures } = await runAll(chosen, values);
  process.stdout.write(`${textTable(result)}\n`);
  // A part of the table is for whoever asked for it; one that is kept says which scenarios it lacks.
  if (chosen.length === scenarios.length) say(`Kept as ${await saveResult({ ...result, failures })}.`);
  if (failures.length > 0) process.exitCode = 1;
}

async function drawNewest() {
  const result = newestResult();
  say(`Drawn: ${draw(result)}; written: ${await writePage(result)}.`);
}

async function runAll(chosen, { quick: isQuick = false, profile: isProfiled = false }) {
  const result = {
    at: new Date().toISOString(),
    mode: isQuick ? 'quick' : 'full',
    machine: machine(),
    rows: [],
    curves: [],
  };
  const failures = [];
  for (const scenario of chosen) {
    const began = performance.now();
    const stage = new Stage({ isQuick, isProfiled, say });
    try {
      const { rows, curves = [] } = await scenario.run(stage);
      result.rows.push(...rows);
      result.curves.push(...curves);
    } catch (error) {
      say(`${scenario.title} failed: ${error.stack}`);
      failures.push(scenario.title);
    } finally {
      await stage.close();
    }
    say(`${scenario.title} (${((performance.now() - began) / 1000).toFixed(0)} s)`);
  }
  return { result, failures };
}
