// A process of the benchmark: the server under test, a baseline, or a source of load. It is spoken to over its IPC
// channel, by questions that have one answer each. None outlives the benchmark: we kill all that are left at our
// end, and each ends by itself when its channel breaks.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** The last characters of what a child printed, for the error message when it fails. */
const maxOutput = 4000;

export class Child {
  /** What it has printed, the end of it. */
  output = '';
  #process;
  #waiting = new Map();
  #lastId = 0;

  constructor(program, { args = [], env = {}, nodeArgs = [], cwd } = {}) {
    // Not the environment of whoever runs the benchmark: a setting in it would change what is measured.
    const { PATH = '', HOME = '', TMPDIR } = process.env;
    this.#process = spawn(process.execPath, [...nodeArgs, program, ...args], {
      cwd,
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    running.add(this.#process);
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream.on('data', (bytes) => (this.output = (this.output + bytes).slice(-maxOutput)));
    this.#process.on('message', (message) => this.#answered(message));
    this.#process.on('close', () => this.#ended());
  }

  /** Asks the child's handler of this name; rejects with the child's error, or when it ends without an answer. */
  ask(name, facts = {}) {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#process.send(
        { id, name, facts },
        (error) => error && this.#answered({ id, error: error.message }),
      );
    });
  }

  /** What `find` finds in the output, once it is there. */
  async printed(find) {
    for (;;) {
      const found = find.exec(this.output);
      if (found) return found;
      if (!running.has(this.#process)) throw new Error(`A process ended too early:\n${this.output}`);
      await Promise.race([once(this.#process.stderr, 'data'), once(this.#process, 'close')]);
    }
  }

  /** At once: its data is thrown away. */
  async stop() {
    if (!running.has(this.#process)) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'close');
  }

  /** In good order: what it has written is complete when this resolves. */
  async stopGently() {
    this.#process.kill('SIGTERM');
    await once(this.#process, 'close');
  }

  #answered({ id, answer, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }

  #ended() {
    running.delete(this.#process);
    for (const { reject } of this.#waiting.values())
      reject(new Error(`A process ended without an answer:\n${this.output}`));
  }
}
