import { createParser } from 'eventsource-parser';

/** The data of each event in a stream that comes as whole lines, which may be cut anywhere between them. */
export class EventLines {
  private readonly parser;

  constructor(onData: (data: string) => void) {
    this.parser = createParser({ onEvent: ({ data }) => onData(data) });
  }

  feed(lines: string): void {
    // A byte order mark is no part of the first line (WHATWG HTML §9.2.6).
    this.parser.feed(lines.charCodeAt(0) === 0xfeff ? lines.slice(1) : lines);
  }
}

/** Undefined for what is not JSON, which has no undefined. */
export function parseEvent(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
