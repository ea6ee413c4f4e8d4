// The part of docs/benchmarks.md that is made from a result.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, writeFormatted } from './results.mjs';
import { markdownTable } from './table.mjs';

const path = join(root, 'docs', 'benchmarks.md');
const [begin, end] = ['<!-- result: begin -->', '<!-- result: end -->'];

/** Puts the table between its markers; answers the page's path. */
export function writePage(result) {
  const page = readFileSync(path, 'utf8');
  const [before, , after] = [page.split(begin)[0], begin, page.split(end)[1]];
  if (after === undefined) throw new Error(`docs/benchmarks.md has lost its marker ${end}.`);
  return writeFormatted(path, `${before}${begin}\n\n${section(result)}\n\n${end}${after}`);
}

function section(result) {
  const { cores, cpu, memory_gb, node, platform } = result.machine;
  const facts = `${result.at.slice(0, 10)}, a ${result.mode} run: ${cores} cores of ${cpu}, ${memory_gb} GB, Node ${node}, ${platform}.`;
  return `${facts}\n\n${markdownTable(result)}`;
}
