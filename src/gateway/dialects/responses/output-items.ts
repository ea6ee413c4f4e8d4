import type { ReasoningSeal } from '../../../providers/language-model.js';
import type { Json } from '../codec.js';
import { writeSeal } from '../seal-format.js';
import { toInput } from '../convert-tools.js';

/** An event that has no number yet. */
export type Event = Json & { readonly type: string };
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export interface ItemName {
  readonly item_id: string;
  readonly output_index: number;
}

/** One item of an answer while it grows. Each step gives the events that tell of it. */
export interface OutputItem {
  readonly name: ItemName;
  readonly status: ItemStatus;
  begin(): Event[];
  add(delta: string): Event[];
  /** Nothing more comes: all of it is there, or less than there would have been. */
  end(status: ItemStatus): Event[];
  /** As it is now. */
  show(status?: ItemStatus): Json;
}

const added = (item: OutputItem): Event => ({
  type: 'response.output_item.added',
  output_index: item.name.output_index,
  item: item.show(),
});
const done = (item: OutputItem): Event => ({ ...added(item), type: 'response.output_item.done' });

/** What the model says. */
export class MessageItem implements OutputItem {
  private text = '';
  status: ItemStatus = 'in_progress';

  constructor(readonly name: ItemName) {}

  begin(): Event[] {
    const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
    return [
      { ...added(this), item: { ...this.show(), content: [] } },
      { type: 'response.content_part.added', ...this.name, content_index: 0, part },
    ];
  }

  add(delta: string): Event[] {
    this.text += delta;
    return [{ type: 'response.output_text.delta', ...this.name, content_index: 0, delta, logprobs: [] }];
  }

  end(status: ItemStatus): Event[] {
    this.status = status;
    const { text } = this;
    return [
      { type: 'response.output_text.done', ...this.name, content_index: 0, text, logprobs: [] },
      { type: 'response.content_part.done', ...this.name, content_index: 0, part: this.part },
      done(this),
    ];
  }

  show(status = this.status): Json {
    return { id: this.name.item_id, type: 'message', status, role: 'assistant', content: [this.part] };
  }

  private get part(): Json {
    return { type: 'output_text', text: this.text, annotations: [], logprobs: [] };
  }
}

/** What the model thinks, as far as it may be read: the dialect calls that a summary. */
export class ReasoningItem implements OutputItem {
  private text = '';
  private sealed: Json = {};
  status: ItemStatus = 'in_progress';

  constructor(readonly name: ItemName) {}

  begin(): Event[] {
    return [added(this)];
  }

  add(delta: string): Event[] {
    const begun = this.text === '' ? [this.tellPart('added')] : [];
    this.text += delta;
    const type = 'response.reasoning_summary_text.delta';
    return [...begun, { type, ...this.name, summary_index: 0, delta }];
  }

  seal(seal: ReasoningSeal): void {
    // An id of the provider's is wanted back with what it has encrypted, and the item has one of its own.
    const text = writeSeal(seal, seal.id === undefined ? 'responses' : undefined);
    this.sealed = { encrypted_content: text };
  }

  end(status: ItemStatus): Event[] {
    this.status = status;
    if (this.text === '') return [done(this)];
    const { text } = this;
    const type = 'response.reasoning_summary_text.done';
    return [{ type, ...this.name, summary_index: 0, text }, this.tellPart('done'), done(this)];
  }

  show(status = this.status): Json {
    const summary = this.text === '' ? [] : [this.part];
    return { id: this.name.item_id, type: 'reasoning', status, summary, ...this.sealed };
  }

  private tellPart(what: 'added' | 'done'): Event {
    const type = `response.reasoning_summary_part.${what}`;
    return { type, ...this.name, summary_index: 0, part: this.part };
  }

  private get part(): Json {
    return { type: 'summary_text', text: this.text };
  }
}

export interface CallName extends ItemName {
  readonly call_id: string;
  readonly tool_name: string;
}

/** A call of a function; the caller runs it. */
export class FunctionCallItem implements OutputItem {
  private args = '';
  status: ItemStatus = 'in_progress';
  readonly name: ItemName;

  constructor(private readonly call: CallName) {
    this.name = { item_id: call.item_id, output_index: call.output_index };
  }

  begin(): Event[] {
    return [added(this)];
  }

  add(delta: string): Event[] {
    this.args += delta;
    return [{ type: 'response.function_call_arguments.delta', ...this.name, delta }];
  }

  /** The arguments as they are in the end, of which pieces may have come or not. */
  complete(args: string): Event[] {
    const rest = args.startsWith(this.args) ? args.slice(this.args.length) : '';
    const events = rest === '' ? [] : this.add(rest);
    this.args = args;
    return [...events, ...this.end('completed')];
  }

  end(status: ItemStatus): Event[] {
    this.status = status;
    const facts = { name: this.call.tool_name, arguments: this.args };
    return [{ type: 'response.function_call_arguments.done', ...this.name, ...facts }, done(this)];
  }

  show(status = this.status): Json {
    const { item_id: id, call_id, tool_name: name } = this.call;
    return { id, type: 'function_call', status, call_id, name, arguments: this.args };
  }
}

/** A call of a tool that takes free text, which the model wrote as the one argument of a function. */
export class CustomCallItem implements OutputItem {
  private input = '';
  status: ItemStatus = 'in_progress';
  readonly name: ItemName;

  constructor(private readonly call: CallName) {
    this.name = { item_id: call.item_id, output_index: call.output_index };
  }

  begin(): Event[] {
    return [added(this)];
  }

  /** Pieces of JSON are no pieces of the text in it: it is told once it is there. */
  add(): Event[] {
    return [];
  }

  complete(args: string): Event[] {
    this.input = readInput(args);
    const delta = { type: 'response.custom_tool_call_input.delta', ...this.name, delta: this.input };
    return [delta, ...this.end('completed')];
  }

  end(status: ItemStatus): Event[] {
    this.status = status;
    return [{ type: 'response.custom_tool_call_input.done', ...this.name, input: this.input }, done(this)];
  }

  show(status = this.status): Json {
    const { item_id: id, call_id, tool_name: name } = this.call;
    return { id, type: 'custom_tool_call', status, call_id, name, input: this.input };
  }
}

/** A model that wrote something else than it was asked for meant that something. */
function readInput(args: string): string {
  const { input } = toInput(args);
  return typeof input === 'string' ? input : args;
}
