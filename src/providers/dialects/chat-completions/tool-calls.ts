import type { ModelPart } from '../../language-model.js';
import type { CallDelta } from './read-chunk.js';

interface Call {
  /** What the server calls it, and what we do: the same, but where it has no name or one that was used before. */
  wireId: string | undefined;
  id: string | undefined;
  name: string | undefined;
  readonly index: number | undefined;
  arguments: string;
}

/**
 * Puts together the tool calls of one answer from their pieces. Servers differ: an index may be missing (Google's) or
 * be 0 for every call; an id may come once, each time, each time another, or never; a name may come after the first
 * arguments, or again with each.
 */
export class ToolCalls {
  private readonly calls: Call[] = [];

  /** `newId` names a call that the server gave no id, or one that was used before. */
  constructor(private readonly newId: () => string) {}

  get isEmpty(): boolean {
    return this.calls.length === 0;
  }

  /** The part that this piece is; undefined while its call has no name, whose arguments are held so long. */
  add(delta: CallDelta): ModelPart | undefined {
    const call = this.callOf(delta);
    if (!call) return undefined;
    const isHeld = call.name === undefined;
    call.wireId ??= delta.id;
    call.name ??= delta.name;
    call.arguments += delta.arguments;
    if (call.name === undefined) return undefined;
    // Once anything was said of the call its id stays, though the server's own should come later.
    call.id ??= this.isFree(call.wireId) ? call.wireId : this.newId();
    const written = isHeld ? call.arguments : delta.arguments;
    if (written === '') return undefined;
    return { type: 'tool_arguments', tool_call_id: call.id, tool_name: call.name, delta: written };
  }

  /** The whole calls, in the order of their indexes; undefined when one of them never got a name. */
  whole(): ModelPart[] | undefined {
    const parts: ModelPart[] = [];
    const isIndexed = this.calls.every((call) => call.index !== undefined);
    if (isIndexed) this.calls.sort((one, other) => (one.index ?? 0) - (other.index ?? 0));
    for (const { id, name, arguments: written } of this.calls) {
      if (id === undefined || name === undefined) return undefined;
      // Some servers write nothing at all for a tool without arguments.
      const whole = written === '' ? '{}' : written;
      parts.push({ type: 'tool_call', tool_call_id: id, tool_name: name, arguments: whole });
    }
    return parts;
  }

  /** The call that a piece belongs to, which may begin with it; undefined when nothing tells. */
  private callOf(delta: CallDelta): Call | undefined {
    const { index, id, name } = delta;
    const near = this.calls.filter((call) => index === undefined || call.index === index);
    const open = near.filter((call) => !isOver(call, delta));
    const same = id === undefined ? undefined : open.findLast((call) => call.wireId === id);
    if (same) return same;
    const last = open.at(-1);
    const isBare = id === undefined && name === undefined;
    if (index === undefined) return isBare ? last : this.begin(delta);
    const isNext = last?.wireId !== undefined && id !== undefined && startsCall(delta);
    return last && !isNext ? last : this.begin(delta);
  }

  private begin({ index, id }: CallDelta): Call {
    const call: Call = { wireId: id, id: undefined, name: undefined, index, arguments: '' };
    this.calls.push(call);
    return call;
  }

  private isFree(id: string | undefined): id is string {
    return id !== undefined && this.calls.every((call) => call.id !== id);
  }
}

const startsCall = ({ name, arguments: written }: CallDelta): boolean =>
  name !== undefined && /^\s*[{[]/.test(written);

/** Whether a piece cannot belong to a call any more: it is another tool's, or begins arguments that are whole already. */
function isOver(call: Call, delta: CallDelta): boolean {
  if (delta.name === undefined || call.name === undefined) return false;
  return call.name !== delta.name || (startsCall(delta) && isJson(call.arguments));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
