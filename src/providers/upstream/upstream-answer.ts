import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
}

/** An answer that ended before it was whole. */
export class AnswerCut extends Error {
  override readonly name = 'AnswerCut';
}

/** So much may wait for whoever reads; past it the socket is read no further. */
const maxHeldBytes = 65_536;
/** Once its end was seen, an upstream gets this long to close its answer by itself, so that its connection is kept. */
const lingerMs = 1_000;
/** … and may send this much more. */
const lingerBytes = 65_536;

/**
 * One answer, straight from undici's parser: a web stream would cost as much again as everything else that is done to
 * a small piece. Invariants: what was not read yet is bounded; it is over with its end, an error, the call's abort,
 * `return` or the limits of `linger`, and all but the first close the connection.
 */
export class UpstreamAnswer implements Dispatcher.DispatchHandler, AsyncIterableIterator<Buffer> {
  headers: IncomingHttpHeaders = {};
  /** Rejects when there is no answer at all. */
  readonly head: Promise<AnswerHead>;
  private begin: (head: AnswerHead) => void = () => undefined;
  private fail: (error: unknown) => void = () => undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private held: Buffer[] = [];
  private heldBytes = 0;
  private hasBegun = false;
  private end: { readonly error?: Error } | undefined;
  private waiting: { resolve(next: IteratorResult<Buffer>): void; reject(error: unknown): void } | undefined;
  private lingering: { readonly timer: NodeJS.Timeout; bytes: number } | undefined;

  constructor(abort: AbortSignal) {
    this.head = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.fail = reject;
    });
    // The signal is the call's own and ends with it: nothing has to be taken off.
    abort.addEventListener('abort', () => this.giveUp(new AnswerCut('The call was aborted.')), {
      once: true,
    });
  }

  /** Once for each redirect. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.end) controller.abort(new AnswerCut());
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    statusText = '',
  ): void {
    if (status < 200) return;
    this.hasBegun = true;
    this.headers = headers;
    this.begin({ status, statusText, headers });
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.lingering) {
      this.lingering.bytes += bytes.length;
      if (this.lingering.bytes > lingerBytes) this.giveUp();
    } else if (this.waiting) {
      this.waiting.resolve({ done: false, value: bytes });
      this.waiting = undefined;
    } else if (!this.end) {
      this.held.push(bytes);
      this.heldBytes += bytes.length;
      if (this.heldBytes > maxHeldBytes) controller.pause();
    }
  }

  onResponseEnd(): void {
    this.over({});
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.over({ error: this.hasBegun ? new AnswerCut('The answer broke off.', { cause: error }) : error });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Buffer>> {
    const bytes = this.held.shift();
    if (bytes) {
      this.heldBytes -= bytes.length;
      if (this.held.length === 0) this.controller?.resume();
      return Promise.resolve({ done: false, value: bytes });
    }
    if (!this.end) return new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
    return this.end.error === undefined ? Promise.resolve(over) : Promise.reject(this.end.error);
  }

  /** Nobody wants the rest. */
  return(): Promise<IteratorResult<Buffer>> {
    if (!this.lingering) this.giveUp();
    return Promise.resolve(over);
  }

  /** All that matters was read: the rest is thrown away, within limits. */
  linger(): void {
    if (this.end) return;
    this.lingering = { bytes: this.heldBytes, timer: setTimeout(() => this.giveUp(), lingerMs).unref() };
    this.held = [];
    this.heldBytes = 0;
    this.controller?.resume();
  }

  private giveUp(error?: Error): void {
    if (this.end) return;
    this.over({ error });
    this.held = [];
    this.controller?.abort(new AnswerCut());
  }

  private over(end: { readonly error?: Error }): void {
    if (this.end) return;
    this.end = end;
    clearTimeout(this.lingering?.timer);
    this.fail(end.error);
    if (end.error === undefined) this.waiting?.resolve(over);
    else this.waiting?.reject(end.error);
    this.waiting = undefined;
  }
}

const over = { done: true, value: undefined } as const;
