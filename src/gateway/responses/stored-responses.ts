import { Injectable } from '@nestjs/common';
import { ExchangeFailed } from '../../exchanges/exchange-failed.js';
import type { Exchange, ReadExchange } from '../../exchanges/exchange-kinds.js';
import { Exchanges } from '../../exchanges/exchanges.service.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner, RunId } from '../../kernel/ids.js';
import type { ModelPart } from '../../providers/language-model.js';
import type { Json } from '../dialects/codec.js';
import type { NumberedEvent } from '../dialects/responses/answer-events.js';
import type { ResponsesCall } from '../dialects/responses/convert-call.js';
import { fromWireId, toWireId } from '../dialects/responses/item-ids-format.js';
import { callOf, endBy, eventsOf } from './convert-exchange.js';
import { mapToInputItems } from './map-to-input-items.js';

/**
 * Responses that can be asked for again. Each is an exchange, and what is said of it is written anew each time from the
 * parts of its answer: the same events with the same numbers, whoever asks and whenever. No response of that id, or
 * another owner's, is `run_not_found`.
 */
@Injectable()
export class StoredResponses {
  constructor(private readonly exchanges: Exchanges) {}

  find(owner: Owner, id: string): Promise<Exchange> {
    return this.exchanges.get(owner, idOf(id)).catch(namedAs(id));
  }

  /** As it is now. */
  async read(owner: Owner, id: string): Promise<Json> {
    const read = await this.readWhole(owner, id);
    return whole(read, callOf(read.exchange));
  }

  /** The items of its answer. */
  async output(owner: Owner, id: string): Promise<readonly Json[]> {
    return (await this.read(owner, id))['output'] as readonly Json[];
  }

  /** The same, with what providers want back with their reasoning. */
  async sealedOutput(owner: Owner, id: string): Promise<readonly Json[]> {
    const read = await this.readWhole(owner, id);
    const response = whole(read, { ...callOf(read.exchange), isReasoningSealed: true });
    return response['output'] as readonly Json[];
  }

  /** The parts of its answer, as `Exchanges.follow` gives them. */
  follow(owner: Owner, { id }: Exchange, abort: AbortSignal): AsyncIterable<ModelPart> {
    return this.exchanges.follow(owner, id, abort);
  }

  /** Stops it where it is; changes nothing once it is over. */
  async cancel(owner: Owner, id: string): Promise<Json> {
    await this.exchanges.cancel(owner, idOf(id)).catch(namedAs(id));
    return this.read(owner, id);
  }

  /** Its messages stay in their context. */
  async delete(owner: Owner, id: string): Promise<Json> {
    await this.exchanges.delete(owner, idOf(id)).catch(namedAs(id));
    return { id, object: 'response', deleted: true };
  }

  /** The names of the tools that it calls, by the ids of the calls. */
  async callNames(owner: Owner, id: string): Promise<ReadonlyMap<string, string>> {
    const { parts } = await this.readWhole(owner, id);
    return new Map(
      parts.flatMap((part) =>
        part.type === 'tool_call' ? [[part.tool_call_id, part.tool_name] as const] : [],
      ),
    );
  }

  /** The items of its input, oldest first. */
  async inputs(owner: Owner, id: string): Promise<readonly Json[]> {
    const inputs = await this.exchanges.inputs(owner, idOf(id)).catch(namedAs(id));
    return inputs.flatMap(mapToInputItems);
  }

  private readWhole(owner: Owner, id: string): Promise<ReadExchange> {
    return this.exchanges.read(owner, idOf(id)).catch(namedAs(id));
  }
}

/** An exchange as far as it has come. */
function whole({ exchange, parts }: ReadExchange, call: ResponsesCall): Json {
  const events = eventsOf(exchange, call);
  for (const part of parts) events.part(part);
  if (exchange.status === 'queued') return { ...events.response(), status: 'queued' };
  if (exchange.status === 'completed') events.end();
  else if (exchange.failure) endBy(events, exchange.failure);
  return events.response();
}

/**
 * All events of an answer, those that come together at a time. Why it has no end of its own is its last event; whatever
 * else the parts throw, is thrown.
 */
export async function* eventsFrom(
  exchange: Exchange,
  parts: AsyncIterable<ModelPart>,
): AsyncGenerator<readonly NumberedEvent[], void> {
  const events = eventsOf(exchange, callOf(exchange));
  yield events.begin();
  try {
    for await (const part of parts) yield events.part(part);
    yield events.end();
  } catch (error) {
    if (!(error instanceof ExchangeFailed)) throw error;
    yield endBy(events, error);
  }
}

/** The name of an exchange for those who speak Responses. */
export const responseIdOf = (id: RunId): string => toWireId('resp', id);

function idOf(wireId: string): RunId {
  const id = fromWireId<RunId>('resp', wireId);
  if (id === undefined) throw notFound(wireId);
  return id;
}

const notFound = (id: string): DomainError => new DomainError('run_not_found', `There is no response ${id}.`);

const namedAs =
  (id: string) =>
  (error: unknown): never => {
    throw error instanceof DomainError && error.code === 'run_not_found' ? notFound(id) : error;
  };
