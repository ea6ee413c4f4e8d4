import { tooLarge, tooMany, type Lost, type McpLimits } from '../mcp-limits.js';
import { FloodGate } from './flood-gate.js';

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;
/** Counts what has come; says what is wrong with it. */
type Measure = (bytes: Uint8Array) => string | undefined;

/**
 * The fetch of one connection, whose answers are bounded: a message has a largest size, a second a largest number of
 * messages, and only so many answers may be under way (a server need not end one that nobody waits for any more).
 */
export function boundedFetch(limits: McpLimits, lost: Lost): Fetch {
  const gate = new FloodGate(limits.mcpMessagesPerSecond);
  const most = 2 * limits.mcpConcurrentCalls + 2;
  let open = 0;
  return async (url, init) => {
    if (open >= most) lost('does not end its answers');
    open += 1;
    const ended = (): void => void (open -= 1);
    try {
      const response = await fetch(url, init);
      if (!response.body) {
        ended();
        return response;
      }
      const measure = isEventStream(response) ? eventsMeasure(limits, gate) : wholeMeasure(limits);
      // The standing stream is opened again by the SDK; an answer that broke off will not come any more.
      const broken = init?.method === 'POST' && !init.signal?.aborted ? lost : () => undefined;
      const body = bounded(response.body, { measure, lost, broken, ended });
      const { status, statusText, headers } = response;
      return new Response(body, { status, statusText, headers });
    } catch (error) {
      ended();
      throw error;
    }
  };
}

const isEventStream = ({ headers }: Response): boolean =>
  /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');

interface Guard {
  readonly measure: Measure;
  readonly lost: Lost;
  readonly broken: Lost;
  readonly ended: () => void;
}

function bounded(body: ReadableStream<Uint8Array>, { measure, lost, broken, ended }: Guard): ReadableStream {
  const reader = body.getReader();
  let isOver = false;
  const end = (): void => {
    if (!isOver) ended();
    isOver = true;
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        // Nobody wants it any more, and a stream that was cancelled takes nothing.
        if (isOver) return;
        const wrong = done ? undefined : measure(value);
        if (done || wrong !== undefined) end();
        if (done) controller.close();
        else if (wrong === undefined) controller.enqueue(value);
        else {
          lost(wrong);
          controller.error(new Error(wrong));
          await reader.cancel();
        }
      } catch (error) {
        if (isOver) return;
        end();
        broken('broke off its answer');
        controller.error(error);
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  });
}

function wholeMeasure(limits: McpLimits): Measure {
  let total = 0;
  return ({ length }) => {
    total += length;
    return total > limits.mcpMessageBytes ? tooLarge(limits) : undefined;
  };
}

/** An event ends with a blank line (WHATWG HTML §9.2.5); that a carriage return alone may be one is not known here. */
function eventsMeasure(limits: McpLimits, gate: FloodGate): Measure {
  let inEvent = 0;
  let inLine = 0;
  return (bytes) => {
    for (const byte of bytes) {
      inEvent += 1;
      if (byte === lineFeed && inLine === 0) {
        inEvent = 0;
        if (!gate.lets()) return tooMany;
      }
      if (byte === lineFeed) inLine = 0;
      else if (byte !== carriageReturn) inLine += 1;
      if (inEvent > limits.mcpMessageBytes) return tooLarge(limits);
    }
    return undefined;
  };
}

const lineFeed = 10;
const carriageReturn = 13;
