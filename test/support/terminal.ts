// A terminal as the reader of a page has it: one bash with job control, into which blocks are pasted one by one.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { until } from './until.js';

/**
 * Reads blocks from file descriptor 3, each ended by a NUL, and says after each what failed in it. At the end of its
 * input, however that comes, it kills what is still running in the background.
 */
const driver = String.raw`
set -m -E -o pipefail
trap 'failed="$failed$BASH_COMMAND;"' ERR
while IFS= read -r -d '' block <&3; do
  failed=
  eval "$block" 3<&-
  printf '\0%s\0' "$failed"
done
for job in $(jobs -p); do kill -9 -- "-$job"; done
`;

export class Terminal {
  /** Everything that was printed, by whatever still runs too. */
  printed = '';
  /** What the driver said after each block. */
  private readonly verdicts: string[] = [];
  private blocks = 0;
  private readonly bash: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(
    readonly folder: string,
    env: Readonly<Record<string, string>>,
  ) {
    // Not the environment of whoever runs the tests: a key in it would change what is tested.
    const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
    this.bash = spawn('bash', ['-c', driver], {
      cwd: folder,
      env: { PATH, HOME, TMPDIR, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.closed = once(this.bash, 'close');
    this.bash.stdout?.setEncoding('utf8').on('data', (text: string) => this.take(text));
    this.bash.stderr?.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
  }

  /** Runs a block to its end; what it starts in the background goes on. Fails when one of its commands does. */
  async run(block: string): Promise<void> {
    const number = this.blocks++;
    (this.bash.stdio[3] as Writable).write(`${block}\0`);
    await until(() => this.verdicts.length > number || this.bash.exitCode !== null, {
      what: `the end of:\n${block}\nwhich printed so far:\n${this.printed}`,
      deadlineMs: 120_000,
    });
    const failed = this.verdicts[number];
    if (failed !== '') throw new Error(`failed: ${failed ?? 'the shell'}\nprinted so far:\n${this.printed}`);
  }

  /** Ends the shell and all that it started. */
  async close(): Promise<void> {
    (this.bash.stdio[3] as Writable).end();
    await this.closed;
  }

  private rest = '';
  private take(text: string): void {
    const [first = '', ...more] = (this.rest + text).split('\0');
    this.rest = '';
    this.printed += first;
    while (more.length >= 2) {
      this.verdicts.push(more.shift() ?? '');
      this.printed += more.shift() ?? '';
    }
    if (more.length === 1) this.rest = `\0${more[0] ?? ''}`;
  }
}
