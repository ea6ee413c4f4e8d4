import { recordFormat, recordVersion, type ContextRecord } from '../record/record-kinds.js';

type Head = Omit<ContextRecord, 'messages'>;
type Texts = AsyncIterable<{ readonly text: string }>;

const named = { format: recordFormat, version: recordVersion };

/** One JSON object, a line for each message. Two exports of the same context are the same bytes. */
export async function* jsonText(head: Head, messages: Texts): AsyncGenerator<string, void> {
  yield `${JSON.stringify({ ...named, ...head }).slice(0, -1)},"messages":[`;
  let separator = '\n';
  for await (const { text } of messages) {
    yield `${separator}${text}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** A line for the context, one for each message, and one that says that it was the last. */
export async function* jsonLines(head: Head, messages: Texts): AsyncGenerator<string, void> {
  yield `${JSON.stringify({ type: 'context', ...named, ...head })}\n`;
  let count = 0;
  for await (const { text } of messages) {
    yield `{"type":"message",${text.slice(1)}\n`;
    count++;
  }
  yield `${JSON.stringify({ type: 'end', messages: count })}\n`;
}
