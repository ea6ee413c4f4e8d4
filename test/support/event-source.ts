// EventSource as browsers have it (WHATWG HTML §9.2), as far as the examples in docs need it: Node 20 has none.
import { createParser } from 'eventsource-parser';

export class NodeEventSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readyState = NodeEventSource.CONNECTING;
  onerror: (() => void) | undefined;
  private readonly ended = new AbortController();
  private lastEventId = '';
  private retryMs = 1000;

  constructor(private readonly url: string) {
    super();
    void this.live();
  }

  close(): void {
    this.readyState = NodeEventSource.CLOSED;
    this.ended.abort();
  }

  private async live(): Promise<void> {
    while (this.readyState !== NodeEventSource.CLOSED) {
      await this.connect().catch(() => undefined);
      if (this.ended.signal.aborted) return;
      if (this.readyState === NodeEventSource.OPEN) this.readyState = NodeEventSource.CONNECTING;
      this.onerror?.();
      await new Promise((resolve) => setTimeout(resolve, this.retryMs));
    }
  }

  private async connect(): Promise<void> {
    const headers = this.lastEventId ? { 'last-event-id': this.lastEventId } : undefined;
    const answer = await fetch(this.url, { headers, signal: this.ended.signal });
    // "Fail the connection": it does not come back from that by itself.
    if (answer.status !== 200) this.readyState = NodeEventSource.CLOSED;
    if (answer.status !== 200 || !answer.body) return;
    this.readyState = NodeEventSource.OPEN;
    const parser = createParser({
      onEvent: ({ event = 'message', data, id }) => {
        this.lastEventId = id ?? this.lastEventId;
        this.dispatchEvent(new MessageEvent(event, { data, lastEventId: this.lastEventId }));
      },
      onRetry: (ms) => (this.retryMs = ms),
    });
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) parser.feed(text);
  }
}
