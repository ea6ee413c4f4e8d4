import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Decision, PendingCall, PendingCalls } from './pending-calls.js';

const answers = new Map<string, Decision>([
  ['y', 'approved'],
  ['yes', 'approved'],
  ['n', 'denied'],
  ['no', 'denied'],
]);

/**
 * Asks whoever sits at the console about one call after the other, the oldest first. An answer is about the call that was
 * shown last; while none is shown, what is typed means nothing.
 */
export class ConsoleDialog {
  private readonly lines: Interface;
  private readonly unwatch: () => void;
  private shown: PendingCall | undefined;

  constructor(
    private readonly pending: PendingCalls,
    input: Readable,
    private readonly output: Writable,
  ) {
    this.lines = createInterface({ input });
    this.lines.on('line', (line) => this.answer(line));
    this.unwatch = pending.watch(() => this.refresh());
  }

  close(): void {
    this.unwatch();
    this.lines.close();
  }

  private answer(line: string): void {
    const { shown } = this;
    if (!shown) return;
    const decision = answers.get(line.trim().toLowerCase());
    if (!decision) return this.say('Please answer y or n.');
    this.shown = undefined;
    this.pending.decide(shown.owner, shown.id, decision);
  }

  private refresh(): void {
    const calls = this.pending.list();
    if (this.shown && calls.some(({ id }) => id === this.shown?.id)) return;
    if (this.shown) this.say('That call waits no longer.');
    [this.shown] = calls;
    if (!this.shown) return;
    const { model, owner, purpose, preview } = this.shown;
    const others = calls.length > 1 ? ` (and ${calls.length - 1} more)` : '';
    this.say(`Call ${model} for ${owner}, ${purpose}: ${JSON.stringify(preview)}? y/n${others}`);
  }

  private say(line: string): void {
    this.output.write(`${line}\n`);
  }
}
