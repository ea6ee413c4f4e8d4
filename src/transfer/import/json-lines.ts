import { isJsonObject } from '../../http/fields.js';
import { parseJsonBody } from '../../http/json-body.js';
import { importRefused } from '../record/import-refused.js';

type JsonObject = Readonly<Record<string, unknown>>;

const linesPerTurn = 200;

/** The records that a file of lines holds, as JSON has them; undefined when it is no such file. */
export async function joinLines(bytes: Buffer): Promise<readonly JsonObject[] | undefined> {
  if (!beginning.test(bytes.toString('latin1', 0, 1000))) return undefined;
  const records: JsonObject[] = [];
  let open: { readonly head: JsonObject; readonly messages: unknown[] } | undefined;
  let number = 0;
  for (const line of linesOf(bytes)) {
    if (++number % linesPerTurn === 0) await new Promise(setImmediate);
    const { type, ...rest } = readLine(line, number);
    if (type === 'context' && !open) open = { head: rest, messages: [] };
    else if (type === 'message' && open) open.messages.push(rest);
    else if (type === 'end' && open && rest['messages'] === open.messages.length) {
      records.push({ ...open.head, messages: open.messages });
      open = undefined;
    } else
      throw lineRefused(
        number,
        'does not belong here: a context, its messages and their end follow each other',
      );
  }
  if (open) throw lineRefused(number, 'is the last, without an end: the file is not whole');
  return records;
}

const beginning = /^\s*\{\s*"type"\s*:\s*"context"/;

/** Each line that is not empty. */
function* linesOf(bytes: Buffer): Generator<Buffer, void> {
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(0x0a, from);
    const end = found < 0 ? bytes.length : found;
    if (end - from > 1) yield bytes.subarray(from, end);
    from = end + 1;
  }
}

function readLine(line: Buffer, number: number): JsonObject {
  const value = parseJsonBody(line);
  if (isJsonObject(value)) return value;
  throw lineRefused(number, 'must be a JSON object');
}

const lineRefused = (number: number, message: string): Error =>
  importRefused([{ path: `line ${number}`, message }]);
