import { request } from 'undici';

/** The first `count` events of a stream, as they were written. `cause` is called once the stream is open. */
export async function readSignals(url, count, cause) {
  const { body } = await request(url);
  let text = '';
  let isOpen = false;
  for await (const bytes of body) {
    text += bytes;
    const events = text.match(/(?:id: .*\n)?event: signal\ndata: .*\n\n/g) ?? [];
    if (events.length >= count) return events.slice(0, count);
    if (!isOpen && events.length > 0) {
      isOpen = true;
      await cause();
    }
  }
  throw new Error('The stream ended too early.');
}
