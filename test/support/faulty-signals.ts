import type { Random } from './random.js';

type SignalFault = 'signal_lost' | 'signal_doubled' | 'signal_late';

const faults: readonly SignalFault[] = ['signal_lost', 'signal_doubled', 'signal_late'];

/** Passes on a stream of events, some of which it keeps, says twice, or says after the next one. */
export class FaultySignals {
  private rest = '';
  private late = '';

  constructor(
    private readonly random: Random,
    private readonly count: (fault: SignalFault) => void,
  ) {}

  /** What to send of what has come; half an event waits for its other half. */
  pass(text: string, chance: number): string {
    const events = (this.rest + text).split('\n\n');
    this.rest = events.pop() ?? '';
    return events.map((event) => this.passEvent(`${event}\n\n`, chance)).join('');
  }

  private passEvent(event: string, chance: number): string {
    const { late } = this;
    this.late = '';
    const isSignal = event.includes('\ndata:') || event.startsWith('data:');
    if (!isSignal || !this.random.isLucky(chance)) return event + late;
    const fault = this.random.oneOf(faults);
    this.count(fault);
    switch (fault) {
      case 'signal_lost':
        return late;
      case 'signal_doubled':
        return event + event + late;
      case 'signal_late':
        this.late = event;
        return late;
    }
  }
}
