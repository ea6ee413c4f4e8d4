// docs/images/bench.svg: how far each row is from its target, and how the cost grows with the size.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawBars } from './draw-bars.mjs';
import { drawCurves } from './draw-curves.mjs';
import { root } from './results.mjs';

const path = 'docs/images/bench.svg';
const width = 920;
const margin = 20;

/** Readable on white and on black: a page shows it as an image, which asks the reader's system which one it is. */
const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .quiet { fill: #59636e; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .target { stroke: #1f2328; stroke-width: 1.5; }
  .met { fill: #1a7f64; } .unmet { fill: #bc4c00; }
  .line { fill: none; stroke-width: 2; }
  .c0 { stroke: #0969da; } .c1 { stroke: #8250df; } .c2 { stroke: #1a7f64; } .c3 { stroke: #bc4c00; }
  .k0 { fill: #0969da; } .k1 { fill: #8250df; } .k2 { fill: #1a7f64; } .k3 { fill: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .target { stroke: #f0f6fc; }
    .met { fill: #3fb950; } .unmet { fill: #f0883e; }
    .c0 { stroke: #58a6ff; } .c1 { stroke: #bc8cff; } .c2 { stroke: #3fb950; } .c3 { stroke: #f0883e; }
    .k0 { fill: #58a6ff; } .k1 { fill: #bc8cff; } .k2 { fill: #3fb950; } .k3 { fill: #f0883e; }
  }`;

/** Draws a result; answers the file's path from the root. */
export function draw(result) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, picture(result));
  return path;
}

function picture({ rows, curves, at, mode }) {
  const inner = width - 2 * margin;
  // What grows has a curve of its own.
  const bars = drawBars(
    rows.filter(({ title, target }) => target && !title.startsWith('growth')),
    inner,
  );
  const charts = drawCurves(curves, inner);
  const height = bars.height + charts.height + 3 * margin;
  const about = `Benchmark of ${at.slice(0, 10)}, a ${mode} run: each row against its target, and cost by size`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${about}">`,
    `<style>${style}\n</style>`,
    `<g transform="translate(${margin} ${margin})">`,
    ...bars.lines,
    '</g>',
    `<g transform="translate(${margin} ${bars.height + 2 * margin})">`,
    ...charts.lines,
    '</g>',
    '</svg>\n',
  ].join('\n');
}
