// A server whose clock can be set while it runs. Only what `Date` says is moved, as when somebody sets the system's
// time: what measures durations goes on as before.
import type { ServerOptions, TestServer } from './server.js';
import { until } from './until.js';

/** CLOCK_OFF_MINUTES in its environment says how far off it starts; a line of its stderr says when it was moved. */
const preload = `
let offMs = Number(process.env.CLOCK_OFF_MINUTES ?? 0) * 60_000;
const now = Date.now;
Date.now = () => now() + offMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [target.now()], made),
});
process.on('SIGUSR2', () => {
  offMs -= 3_600_000;
  process.stderr.write('The clock was set back.\\n');
});`;

/** For `startServer`: makes the clock movable. */
export const movableClock: Pick<ServerOptions, 'nodeArgs'> = {
  nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(preload)}`],
};

/** Sets a server's clock back by an hour. */
export async function setBack(server: TestServer): Promise<void> {
  const said = (): number => server.stderr.split('set back').length;
  const before = said();
  server.signal('SIGUSR2');
  await until(() => said() > before, { what: 'the clock to be set back' });
}
