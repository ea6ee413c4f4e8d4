import type { ModelPart } from '../../../providers/language-model.js';
import type { Finish } from '../answer-blocks.js';
import type { AnswerHead, Json } from '../codec.js';
import type { GatewayFailure } from '../gateway-failure.js';
import { toItemId, type OutputKind } from './item-ids-format.js';
import {
  CustomCallItem,
  FunctionCallItem,
  MessageItem,
  ReasoningItem,
  type Event,
  type ItemName,
  type ItemStatus,
  type OutputItem,
} from './output-items.js';
import { mapResponse, type Ending } from './map-response.js';
import type { ResponsesCall } from './convert-call.js';

/** An event as it is sent. */
export type NumberedEvent = Event & { readonly sequence_number: number };

type CallPart = Extract<ModelPart, { type: 'tool_arguments' | 'tool_call' }>;

/**
 * The events of one answer, numbered from 0 without a gap. The same parts in the same order give the same events with
 * the same ids, so that a stored answer can be written again from its start and read from any event on.
 *
 * Of messages and reasoning one at most is open; calls stay open side by side, because models write several at once.
 */
export class AnswerEvents {
  private readonly items: OutputItem[] = [];
  private readonly calls = new Map<string, FunctionCallItem | CustomCallItem>();
  private open: MessageItem | ReasoningItem | undefined;
  private finish: Finish | undefined;
  private ending: Ending = { status: 'in_progress' };
  private next = 0;

  constructor(
    private readonly call: ResponsesCall,
    private readonly head: AnswerHead,
  ) {}

  begin(): NumberedEvent[] {
    const response = this.response();
    return this.number([
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ]);
  }

  part(part: ModelPart): NumberedEvent[] {
    return this.number(this.take(part));
  }

  /** After the part `finish`. */
  end(): NumberedEvent[] {
    const ending = endingOf(this.finish);
    const isCut = ending.status !== 'completed';
    const closed = this.items.flatMap((item) =>
      item.status === 'in_progress' ? item.end(isCut ? 'incomplete' : 'completed') : [],
    );
    return this.number([...closed, this.endAs(ending)]);
  }

  /** The answer goes no further; what was open stays as it is. */
  fail(failure: GatewayFailure): NumberedEvent[] {
    const begun = this.next === 0 ? this.begin() : [];
    return [...begun, ...this.number([this.endAs({ status: 'failed', failure })])];
  }

  /** The caller wanted no more of it. */
  cancel(): NumberedEvent[] {
    const begun = this.next === 0 ? this.begin() : [];
    return [...begun, ...this.number([this.endAs({ status: 'cancelled' })])];
  }

  /** The answer as far as it has come. */
  response(): Json {
    const isOver = this.ending.status !== 'in_progress';
    const shown = (item: OutputItem): ItemStatus =>
      isOver && item.status === 'in_progress' ? 'incomplete' : item.status;
    const output = this.items.map((item) => item.show(shown(item)));
    return mapResponse(this.call, this.head, output, this.ending);
  }

  private take(part: ModelPart): Event[] {
    switch (part.type) {
      case 'route':
        return [];
      case 'text':
        return part.delta === '' ? [] : this.addTo('message', part.delta);
      case 'reasoning':
        return part.delta === '' ? [] : this.addTo('reasoning', part.delta);
      case 'reasoning_seal': {
        const begun = this.open instanceof ReasoningItem ? [] : this.addTo('reasoning', '');
        if (this.call.isReasoningSealed && this.open instanceof ReasoningItem) this.open.seal(part.seal);
        return [...begun, ...this.close()];
      }
      case 'tool_arguments':
        return this.addToCall(part, (item) => (part.delta === '' ? [] : item.add(part.delta)));
      case 'tool_call':
        return this.addToCall(part, (item) => item.complete(part.arguments));
      case 'finish':
        this.finish = part;
        return [];
      default:
        return part satisfies never;
    }
  }

  private addTo(kind: 'message' | 'reasoning', delta: string): Event[] {
    const wanted = kind === 'message' ? MessageItem : ReasoningItem;
    const begun = this.open instanceof wanted ? [] : this.openText(kind);
    return [...begun, ...(delta === '' ? [] : (this.open?.add(delta) ?? []))];
  }

  private openText(kind: 'message' | 'reasoning'): Event[] {
    const closed = this.close();
    const name = this.nameNext(kind);
    this.open = kind === 'message' ? new MessageItem(name) : new ReasoningItem(name);
    this.items.push(this.open);
    return [...closed, ...this.open.begin()];
  }

  private addToCall(
    { tool_call_id, tool_name }: CallPart,
    change: (item: FunctionCallItem | CustomCallItem) => Event[],
  ): Event[] {
    const known = this.calls.get(tool_call_id);
    if (known) return change(known);
    const closed = this.close();
    const isFree = this.call.freeTools.has(tool_name);
    const name = {
      ...this.nameNext(isFree ? 'custom_tool_call' : 'function_call'),
      call_id: tool_call_id,
      tool_name,
    };
    const item = isFree ? new CustomCallItem(name) : new FunctionCallItem(name);
    this.calls.set(tool_call_id, item);
    this.items.push(item);
    return [...closed, ...item.begin(), ...change(item)];
  }

  private close(): Event[] {
    const events = this.open?.end('completed') ?? [];
    this.open = undefined;
    return events;
  }

  private nameNext(kind: OutputKind): ItemName {
    const output_index = this.items.length;
    return { item_id: toItemId(kind, this.head.id, output_index), output_index };
  }

  private endAs(ending: Ending): Event {
    this.ending = ending;
    const type = `response.${ending.status === 'cancelled' ? 'incomplete' : ending.status}`;
    return { type, response: this.response() };
  }

  private number(events: readonly Event[]): NumberedEvent[] {
    return events.map((event) => ({ ...event, sequence_number: this.next++ }));
  }
}

function endingOf(finish: Finish | undefined): Ending {
  const usage = finish?.usage;
  switch (finish?.finish_reason) {
    case 'length':
      return { status: 'incomplete', reason: 'max_output_tokens', usage };
    case 'content_filter':
      return { status: 'incomplete', reason: 'content_filter', usage };
    case 'error': {
      const message = 'The model ended its answer with an error.';
      return { status: 'failed', failure: { status: 502, code: 'upstream_error', message }, usage };
    }
    default:
      return { status: 'completed', usage };
  }
}
