import { isJson } from './laws-of-chat.js';
import type { Frame, Json } from './laws.js';

const ends = ['response.completed', 'response.incomplete', 'response.failed', 'error'];

/** Which event ends what a kind of deltas began, and the field in which it says all of them. */
const ended: Readonly<Record<string, readonly [string, string]>> = {
  'response.output_text.delta': ['response.output_text.done', 'text'],
  'response.refusal.delta': ['response.refusal.done', 'refusal'],
  'response.function_call_arguments.delta': ['response.function_call_arguments.done', 'arguments'],
  'response.reasoning_summary_text.delta': ['response.reasoning_summary_text.done', 'text'],
};

export function brokenInResponses(frames: readonly Frame[]): readonly string[] {
  const wrong: string[] = [];
  const events = frames.map(({ json }) => json ?? {});
  const types = events.map(({ type }) => String(type));
  if (frames.some(({ event, json }) => event !== json?.['type'])) wrong.push('a name is not the type');
  if (events.some(({ sequence_number }, at) => sequence_number !== at))
    wrong.push(
      `the sequence numbers are ${events.map(({ sequence_number }) => String(sequence_number)).join()}`,
    );
  if (types[0] !== 'response.created' || types[1] !== 'response.in_progress')
    wrong.push(`it begins as ${types.slice(0, 2).join()}`);
  const last = events.at(-1) ?? {};
  if (!ends.includes(String(last['type']))) wrong.push(`it ends as ${String(last['type'])}`);
  if (types.filter((type) => ends.includes(type)).length > 1) wrong.push('it ends twice');
  const response = last['response'] as Json | undefined;
  const status = String(last['type']).split('.')[1];
  if (response && response['status'] !== status) wrong.push(`the status is ${String(response['status'])}`);
  const isGood = status === 'completed' || status === 'incomplete';
  wrong.push(...wrongItems(events, isGood ? response : undefined), ...(isGood ? wrongTexts(events) : []));
  return wrong;
}

/** Items begin and end in order, and the whole response holds them as they ended. */
function wrongItems(events: readonly Json[], response: Json | undefined): readonly string[] {
  const wrong: string[] = [];
  const items = (type: string): Json[] => events.filter((event) => event['type'] === type);
  const added = items('response.output_item.added');
  const done = items('response.output_item.done');
  if (added.some(({ output_index }, at) => output_index !== at))
    wrong.push('the indices of items have a gap');
  const idOf = ({ item }: Json): unknown => (item as Json)['id'];
  if (new Set(added.map(idOf)).size < added.length) wrong.push('two items have one id');
  for (const event of events) {
    if (typeof event['item_id'] !== 'string') continue;
    const of = added.find((one) => one['output_index'] === event['output_index']);
    if (!of || idOf(of) !== event['item_id']) wrong.push(`${String(event['type'])} is of no item`);
  }
  if (!response) return wrong;
  if (done.length !== added.length) wrong.push('an item does not end');
  const output = JSON.stringify(response['output']);
  const ordered = [...done].sort((a, b) => Number(a['output_index']) - Number(b['output_index']));
  if (output !== JSON.stringify(ordered.map(({ item }) => item)))
    wrong.push('the output is not what the items ended as');
  return wrong;
}

/** The deltas of a text are what its end says. */
function wrongTexts(events: readonly Json[]): readonly string[] {
  const keyOf = (type: string, event: Json): string =>
    [type, event['item_id'], event['content_index'], event['summary_index']].map(String).join();
  const said = new Map<string, string>();
  const wrong: string[] = [];
  for (const event of events) {
    const type = String(event['type']);
    const ending = ended[type];
    if (ending) {
      const key = keyOf(ending[0], event);
      said.set(key, (said.get(key) ?? '') + String(event['delta']));
    }
    const field = Object.values(ended).find(([end]) => end === type)?.[1];
    if (field === undefined) continue;
    const whole = said.get(keyOf(type, event)) ?? '';
    if (event[field] !== whole) wrong.push(`${type} says ${String(event[field])} and not ${whole}`);
    if (field === 'arguments' && !isJson(String(event[field]))) wrong.push('arguments are no JSON');
    said.delete(keyOf(type, event));
  }
  if (said.size > 0) wrong.push(`${[...said.keys()].join(' and ')} is missing`);
  return wrong;
}
