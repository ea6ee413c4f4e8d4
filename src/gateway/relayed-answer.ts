import type { OutgoingHttpHeaders } from 'node:http';
import type { TokenUsage } from '../providers/language-model.js';
import { ModelError } from '../providers/model-error.js';
import type { Relay, RelayAnswer, RelayRequest } from '../providers/relay.js';
import { safeText } from '../providers/upstream/safe-text.js';
import { AnswerStream } from './answer-stream.js';
import type { Asked, BegunAnswer } from './asked.js';
import type { GatewayCall } from './dialects/codec.js';
import { errorEvent } from './dialects/responses/error-event.js';
import { mapToTokenUsage } from './map-to-token-usage.js';
import { ClientGone } from './open-calls.js';
import { errorIn, RelayedEvents } from './relayed-events.js';
import { UpstreamRefusal } from './upstream-refusal.js';

/** What a provider that does not say is thought to have written by one event: a token, of about so many bytes. */
const bytesOfEvent = 4;

interface Source {
  readonly relay: Relay;
  readonly provider: string;
  /** For what the provider does not say. */
  readonly request_bytes: number;
  readonly now: number;
}

/**
 * The answer of a server that speaks the caller's own dialect: its bytes, as they came. However it is left, the call
 * upstream is over.
 */
export async function beginRelayed<Call extends GatewayCall>(
  asked: Asked<Call>,
  source: Source,
): Promise<BegunAnswer> {
  const { call, abort } = asked;
  const answer = await source.relay.send(requestOf(asked), abort);
  if (answer.status < 200 || answer.status >= 300)
    throw await UpstreamRefusal.read(answer, source.provider, source.now);
  const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
  return call.isStreamed && isStream
    ? RelayedStream.begin(asked, answer, source)
    : RelayedWhole.begin(asked, answer, source);
}

/** What a stream has used comes only to those who ask. */
function requestOf({ codec, call, reply }: Asked): RelayRequest {
  const isAdded = codec.name === 'chat_completions' && call.isStreamed && !call.isUsageWanted;
  const options = call.body['stream_options'];
  const body = isAdded
    ? { ...call.body, stream_options: { ...(options as object | null), include_usage: true } }
    : call.body;
  return { body, headers: passedOn(reply.request.headers) };
}

const headersPassedOn =
  /^(anthropic-(version|beta|dangerous-direct-browser-access)|openai-beta|x-initiator)$/;

/** Of a caller's headers those that mean something to a provider. */
export const passedOn = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      headersPassedOn.test(name) && typeof value === 'string' ? [[name, value]] : [],
    ),
  );

class RelayedStream<Call extends GatewayCall> implements BegunAnswer {
  private constructor(
    private readonly asked: Asked<Call>,
    private readonly source: Source,
    private readonly events: RelayedEvents,
    private readonly pieces: AsyncIterator<Buffer>,
    private readonly first: Buffer,
  ) {}

  /** Resolves with the first event. Throws when there is none, or it is an error. */
  static async begin<Call extends GatewayCall>(
    asked: Asked<Call>,
    { body, hide }: RelayAnswer,
    source: Source,
  ): Promise<BegunAnswer> {
    const { codec, call, limits } = asked;
    const events = new RelayedEvents({
      dialect: codec.name,
      isUsageHidden: codec.name === 'chat_completions' && !call.isUsageWanted,
      maxEventBytes: limits.maxAnswerBytes,
    });
    const pieces = body[Symbol.asyncIterator]();
    let first = Buffer.alloc(0) as Buffer;
    while (first.length === 0) {
      const next = await pieces.next();
      if (next.done) throw failed(source.provider, 'upstream_protocol', 'ended without an answer');
      first = events.feed(next.value);
    }
    const error = errorIn(first);
    if (error === undefined) return new RelayedStream(asked, source, events, pieces, first);
    await pieces.return?.();
    throw failed(source.provider, 'upstream_error', `reported an error: ${safeText(hide(error))}`);
  }

  count(): Promise<void> {
    const { usage, count } = this.events;
    const { request_bytes } = this.source;
    return this.asked.permit.done(usage ? { usage } : { request_bytes, answer_bytes: count * bytesOfEvent });
  }

  async send(): Promise<void> {
    const { codec, call, head, reply, limits, failureOf } = this.asked;
    const writer = codec.writer(call, head);
    const stream = new AnswerStream(reply.raw, limits, () => writer.ping());
    reply.hijack();
    stream.open(reply.getHeaders() as OutgoingHttpHeaders);
    try {
      await this.pass(stream);
    } catch (error) {
      if (error instanceof ClientGone) return stream.stop();
      const failure = failureOf(error);
      // What the provider has numbered goes on with its numbers.
      await stream.write(
        codec.name === 'responses' ? errorEvent(failure, this.events.nextNumber) : writer.fail(failure),
      );
    } finally {
      await this.pieces.return?.();
    }
    await stream.end();
  }

  private async pass(stream: AnswerStream): Promise<void> {
    const { events, pieces } = this;
    for (let piece = this.first; ;) {
      // What was used is counted before anybody hears that the answer is whole.
      if (events.isWhole) await this.count();
      const full = stream.write(piece);
      if (full) await full;
      const next = await pieces.next().catch(whenOver(events));
      if (next.done) break;
      piece = events.feed(next.value);
    }
    await this.count();
    const rest = events.rest();
    if (!events.isOver)
      throw failed(this.source.provider, 'upstream_protocol', 'sent an answer without an end');
    await stream.write(rest);
  }
}

/** An answer that is whole stays so, however its server ends the connection. */
const whenOver =
  (events: RelayedEvents) =>
  (error: unknown): IteratorReturnResult<undefined> => {
    if (events.isOver) return { done: true, value: undefined };
    throw error;
  };

class RelayedWhole implements BegunAnswer {
  private constructor(
    private readonly asked: Asked,
    private readonly body: Buffer,
    private readonly contentType: string,
    private readonly request_bytes: number,
    private readonly usage: TokenUsage | undefined,
  ) {}

  /** Resolves with all of it: what breaks off in its middle is no answer. */
  static async begin(
    asked: Asked,
    { headers, body }: RelayAnswer,
    { provider, request_bytes }: Source,
  ): Promise<BegunAnswer> {
    const { maxAnswerBytes } = asked.limits;
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > maxAnswerBytes)
        throw failed(provider, 'content_too_large', `sent more than ${maxAnswerBytes} bytes`);
    }
    const whole = Buffer.concat(pieces);
    const contentType = String(headers['content-type'] ?? 'application/json');
    return new RelayedWhole(asked, whole, contentType, request_bytes, usageOf(asked, whole));
  }

  count(): Promise<void> {
    const { usage, request_bytes, body } = this;
    return this.asked.permit.done(usage ? { usage } : { request_bytes, answer_bytes: body.length });
  }

  async send(): Promise<void> {
    const { reply } = this.asked;
    await this.count();
    await reply.type(this.contentType).send(this.body);
  }
}

function usageOf({ codec }: Asked, body: Buffer): TokenUsage | undefined {
  try {
    return mapToTokenUsage(codec.name, JSON.parse(body.toString()));
  } catch {
    // Whatever it is, it is what the provider says.
    return undefined;
  }
}

const failed = (
  provider: string,
  code: 'upstream_protocol' | 'upstream_error' | 'content_too_large',
  what: string,
): ModelError =>
  new ModelError(code, `The provider "${provider}" ${what}.`, { retryable: code !== 'content_too_large' });
