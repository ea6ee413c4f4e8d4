/**
 * The fake upstream as a process: `npx vite-node test/support/fake-upstream-process.ts [port]`. Its first line
 * of output is its base URL. Each line of input is a plan as JSON, for the next request that has none; the
 * last plan that was given stays in force. It ends with its input.
 */
import { createInterface } from 'node:readline';
import { answer, FakeUpstream, type Plan } from './fake-upstream.js';

const upstream = await FakeUpstream.start(Number(process.argv[2] ?? 0));
const plans: Plan[] = [];
let last: Plan = answer(['Hello', ' from', ' the', ' fake', ' upstream.'], { paceMs: 20 });
upstream.on(() => (last = plans.shift() ?? last));
process.stdout.write(`${upstream.url}\n`);
for await (const line of createInterface({ input: process.stdin })) plans.push(JSON.parse(line) as Plan);
await upstream.close();
