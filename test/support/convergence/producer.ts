// A model that runs elsewhere, and whose words the server keeps: it begins, appends and ends, whatever happens meanwhile.
import { body, type Accepted, type ChunkPage } from '../api.js';
import type { Caller } from '../http.js';
import type { Random } from '../random.js';
import { until } from '../until.js';

export class StreamProducer {
  /** What was acknowledged of each stream, by the path of its message. */
  readonly streams = new Map<string, string>();
  private readonly open = new Set<string>();

  constructor(
    private readonly api: Caller,
    private readonly contexts: readonly string[],
    private readonly random: Random,
  ) {}

  async produce(times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      const stream = await orNothing(this.begin(this.random.oneOf(this.contexts)));
      if (!stream) continue;
      // After one that was not acknowledged nobody knows what stands before the next.
      for (let at = 0; at < 12; at++) if (!(await orNothing(this.append(stream, `${at} wörd 🌧️ `)))) break;
      if (await orNothing(this.end(stream))) this.open.delete(stream);
    }
  }

  /** Ends what it could not end before. */
  async endAll(): Promise<void> {
    for (const stream of this.open) await until(() => this.end(stream), { what: 'the end of a stream' });
  }

  /** Whether it has ended, now or before. */
  private async end(stream: string): Promise<boolean> {
    return [200, 409].includes((await this.api.post(`${stream}/finalize`, { finish_reason: 'stop' })).status);
  }

  private async begin(contextId: string): Promise<string | undefined> {
    const begun = await this.api.post<Accepted>(`/contexts/${contextId}/messages/streaming`, {});
    // Somebody else's turn.
    if (begun.status === 409) return undefined;
    const stream = `/contexts/${contextId}/messages/${body(begun, 201).message_id}`;
    this.streams.set(stream, '');
    this.open.add(stream);
    return stream;
  }

  /** Whether it was acknowledged: somebody may have cancelled the stream. */
  private async append(stream: string, delta: string): Promise<boolean> {
    const said = { chunks: [{ delta }] };
    const { status } = await this.api.post<ChunkPage>(`${stream}/streaming-chunks`, said);
    if (status === 200) this.streams.set(stream, (this.streams.get(stream) ?? '') + delta);
    return status === 200;
  }
}

/** What a server that is killed meanwhile has to say; anything else fails. */
async function orNothing<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message))
      return undefined;
    throw error;
  }
}
