import { isJson } from './laws-of-chat.js';
import type { Frame, Json } from './laws.js';

/** Which deltas a block of a type takes. */
const deltasOf: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  redacted_thinking: [],
  tool_use: ['input_json_delta'],
};

const reasons = ['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal', 'pause_turn'];

export function brokenInMessages(frames: readonly Frame[]): readonly string[] {
  const wrong: string[] = [];
  const events = frames.map(({ json }) => json ?? {}).filter(({ type }) => type !== 'ping');
  if (frames.some(({ event, json }) => event !== json?.['type'])) wrong.push('a name is not the type');
  if (events[0]?.['type'] === 'error') return wrong;
  if (events[0]?.['type'] !== 'message_start') wrong.push('message_start is not first');
  const opening = events[0]?.['message'] as Json | undefined;
  const usage = opening?.['usage'] as Json | undefined;
  if (typeof usage?.['input_tokens'] !== 'number') wrong.push('message_start has no input_tokens');
  const blocks = new Blocks();
  const kinds: unknown[] = [];
  for (const event of events.slice(1)) {
    if (!blocks.take(event)) kinds.push(event['type']);
  }
  wrong.push(...blocks.wrong);
  if (kinds.at(-1) === 'error') {
    if (kinds.length > 1) wrong.push('it ends and fails');
    return wrong;
  }
  if (blocks.isOpen) wrong.push('a block stays open');
  if (kinds.join() !== 'message_delta,message_stop') wrong.push(`it ends as ${kinds.join()}`);
  const end = events.find(({ type }) => type === 'message_delta');
  const reason = (end?.['delta'] as Json | undefined)?.['stop_reason'];
  if (!reasons.includes(String(reason))) wrong.push(`the stop reason ${String(reason)} is unknown`);
  if ((reason === 'tool_use') !== blocks.types.includes('tool_use'))
    if (reason === 'tool_use' || reason === 'end_turn')
      wrong.push('the stop reason is not that of the blocks');
  if (typeof (end?.['usage'] as Json | undefined)?.['output_tokens'] !== 'number')
    wrong.push('message_delta has no output_tokens');
  return wrong;
}

class Blocks {
  readonly wrong: string[] = [];
  readonly types: string[] = [];
  isOpen = false;
  private input = '';

  /** False when the event is not about a block. */
  take(event: Json): boolean {
    switch (event['type']) {
      case 'content_block_start':
        this.start(event);
        return true;
      case 'content_block_delta':
        this.delta(event);
        return true;
      case 'content_block_stop':
        this.stop(event);
        return true;
      default:
        return false;
    }
  }

  private start(event: Json): void {
    if (this.isOpen) this.wrong.push('two blocks are open');
    if (event['index'] !== this.types.length) this.wrong.push('the indices of blocks have a gap');
    this.types.push(String((event['content_block'] as Json)['type']));
    this.isOpen = true;
    this.input = '';
  }

  private delta(event: Json): void {
    const delta = event['delta'] as Json;
    if (!this.isOpen || event['index'] !== this.types.length - 1)
      this.wrong.push('a delta is of no open block');
    if (!deltasOf[this.types.at(-1) ?? '']?.includes(String(delta['type'])))
      this.wrong.push(`a ${String(delta['type'])} in a block ${String(this.types.at(-1))}`);
    if (delta['type'] === 'input_json_delta') this.input += String(delta['partial_json']);
  }

  private stop(event: Json): void {
    if (!this.isOpen || event['index'] !== this.types.length - 1)
      this.wrong.push('a stop is of no open block');
    // Nothing at all is an object without fields.
    if (this.types.at(-1) === 'tool_use' && !isJson(this.input || '{}'))
      this.wrong.push('an input is no JSON');
    this.isOpen = false;
  }
}
