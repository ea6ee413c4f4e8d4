/** What stands in an answer, by the prefix that OpenAI gives its id. */
export const itemPrefixes = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
} as const;
export type OutputKind = keyof typeof itemPrefixes;

const uuid = /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/;
const item = /^(?:msg|rs|fc|ctc)_([\da-f]{32})_(\d{1,6})$/;

/** An id of ours as the dialect shows it: `resp_` and the id without its dashes. */
export const toWireId = (prefix: string, id: string): string => `${prefix}_${id.replaceAll('-', '')}`;

/** The id of ours behind `resp_…`, `conv_…` or `msg_…`; undefined for whatever was not made by `toWireId`. */
export function fromWireId<Id extends string>(prefix: string, wireId: string): Id | undefined {
  if (!wireId.startsWith(`${prefix}_`)) return undefined;
  const match = uuid.exec(wireId.slice(prefix.length + 1));
  return match ? (match.slice(1).join('-') as Id) : undefined;
}

/** The id of an item of an answer: it says whose and which one, so that it is the same whenever it is written. */
export const toItemId = (kind: OutputKind, answerId: string, outputIndex: number): string =>
  `${toWireId(itemPrefixes[kind], answerId)}_${outputIndex}`;

export interface ItemPlace {
  /** Of the response that it belongs to, as `toWireId('resp', …)` gives it. */
  readonly response_id: string;
  readonly output_index: number;
}

/** Where an item of an answer stands; undefined for what is no id of one. */
export function placeOfItem(itemId: string): ItemPlace | undefined {
  const [, answer, index] = item.exec(itemId) ?? [];
  return answer === undefined ? undefined : { response_id: `resp_${answer}`, output_index: Number(index) };
}
