import type { Dialect, TokenUsage } from '../providers/language-model.js';
import { mapToTokenUsage } from './map-to-token-usage.js';

export interface RelayRules {
  readonly dialect: Dialect;
  /** What was used was only asked for here, and is not to be passed on. */
  readonly isUsageHidden: boolean;
  /** An event that is longer is passed on unread. */
  readonly maxEventBytes: number;
}

const nothing = Buffer.alloc(0);

/**
 * The events of a relayed answer, on their way. Whole ones are passed on as they came, byte for byte; what an event says
 * is only looked at where it says what was used. Does no I/O and knows no clock.
 */
export class RelayedEvents {
  usage: TokenUsage | undefined;
  /** The answer has said that it is whole. */
  isWhole = false;
  /** The answer has said that there is no more of it, be it whole or failed. */
  isOver = false;
  /** How many events were passed on. */
  count = 0;
  private last: Buffer = nothing;
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** The last bytes that are held, however many pieces they came in: an event may end within them. */
  private tail: Buffer = nothing;

  constructor(private readonly rules: RelayRules) {}

  /** The events that these bytes complete. */
  feed(bytes: Buffer): Buffer {
    const before = this.tail;
    const end = endOfEvents(before.length === 0 ? bytes : Buffer.concat([before, bytes])) - before.length;
    this.hold(bytes);
    if (end <= 0) return this.heldBytes > this.rules.maxEventBytes ? this.release() : nothing;
    const all = this.release();
    const length = all.length - bytes.length + end;
    this.hold(all.subarray(length));
    return this.read(all.subarray(0, length));
  }

  /** What came behind the last whole event. */
  rest(): Buffer {
    const rest = this.release();
    this.isOver ||= isEnd(this.rules.dialect, rest);
    return rest;
  }

  /** Responses alone: what the next event would be numbered. */
  get nextNumber(): number {
    const numbers = [...this.last.toString().matchAll(/"sequence_number"\s*:\s*(\d+)/g)];
    return Number(numbers.at(-1)?.[1] ?? -1) + 1;
  }

  private hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    this.tail = bytes.length >= 3 ? bytes.subarray(-3) : Buffer.concat([this.tail, bytes]).subarray(-3);
  }

  private release(): Buffer {
    const [first = nothing, ...others] = this.held;
    const all = others.length === 0 ? first : Buffer.concat([first, ...others]);
    this.held = [];
    this.heldBytes = 0;
    this.tail = nothing;
    return all;
  }

  private read(events: Buffer): Buffer {
    this.count += 1;
    this.last = events;
    this.isWhole ||= isLast(this.rules.dialect, events);
    this.isOver ||= isEnd(this.rules.dialect, events);
    if (!events.includes('"usage"')) return events;
    const text = events.toString();
    if (!saysUsage.test(text)) return events;
    const kept = text.split(betweenEvents).filter((event) => this.isPassedOn(event));
    return this.rules.isUsageHidden ? Buffer.from(kept.join('')) : events;
  }

  /** False for the event that says what was used and nothing else, where nobody asked for it. */
  private isPassedOn(event: string): boolean {
    if (!saysUsage.test(event)) return true;
    const said = parse(event);
    this.usage = mapToTokenUsage(this.rules.dialect, said, this.usage) ?? this.usage;
    if (this.rules.dialect === 'responses' && this.usage) this.isWhole = true;
    return !(this.rules.isUsageHidden && isUsageAlone(said));
  }
}

const saysUsage = /"usage"\s*:\s*\{/;
/** Behind the empty line that ends an event. */
const betweenEvents = /(?<=\n\n|\r\n\r\n|\r\r)(?=[^\r\n])/;
const ends = ['\n\n', '\r\n\r\n', '\r\r'];

const endOfEvents = (bytes: Buffer): number =>
  Math.max(
    ...ends.map((end) => {
      const at = bytes.lastIndexOf(end);
      return at === -1 ? 0 : at + end.length;
    }),
  );

/** What the last event of an answer ends with; the text of an answer has quotes that are escaped. */
const lasts: Readonly<Record<Dialect, RegExp>> = {
  chat_completions: /^data: ?\[DONE\]\s*$/m,
  messages: /"type"\s*:\s*"message_stop"\s*\}\s*$/,
  // Known by the usage, which it alone has.
  responses: /^$(?!)/,
};

const isLast = (dialect: Dialect, events: Buffer): boolean =>
  lasts[dialect].test(events.subarray(-64).toString('latin1'));

/**
 * What is in the events with which an answer ends, or says that it has failed; in the text of an answer the quotes are
 * escaped. Not every server that speaks chat completions says [DONE].
 */
const marksOfEnd: Readonly<Record<Dialect, readonly string[]>> = {
  chat_completions: [
    ...['data: [DONE]', 'data:[DONE]', '"finish_reason":"', '"finish_reason": "'],
    ...['"error":{', '"error": {', '"error":"', '"error": "'],
  ],
  messages: ['"message_stop"', '"type":"error"', '"type": "error"'],
  responses: [
    ...['"response.completed"', '"response.incomplete"', '"response.failed"'],
    ...['"type":"error"', '"type": "error"'],
  ],
};

const isEnd = (dialect: Dialect, events: Buffer): boolean =>
  marksOfEnd[dialect].some((mark) => events.includes(mark));

const isUsageAlone = (said: unknown): boolean =>
  typeof said === 'object' &&
  said !== null &&
  'choices' in said &&
  Array.isArray(said.choices) &&
  said.choices.length === 0;

/** The data of one event as JSON; undefined where it is none. */
function parse(event: string): unknown {
  const lines = event.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  try {
    return JSON.parse(lines.map((line) => line.slice('data:'.length)).join('\n')) as unknown;
  } catch {
    return undefined;
  }
}

/** What the first event says where it is an error; undefined where it is not. Some servers answer 200, and then this. */
export function errorIn(events: Buffer): string | undefined {
  const first =
    events
      .toString()
      .split(betweenEvents)
      .find((event) => /^data:/m.test(event)) ?? '';
  if (!/^event: ?error\s*$|"error"\s*:\s*[{"]/m.test(first)) return undefined;
  const said = parse(first) as { readonly error?: { readonly message?: unknown } } | undefined;
  if (said?.error === undefined) return undefined;
  const { message } = said.error;
  return typeof message === 'string' ? message : '';
}
