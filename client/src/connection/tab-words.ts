import type { Signal } from '../generated/types.gen.js';
import type { StreamView } from './reconnecting-stream.js';

/** What the tabs of one circle say to each other. The leader alone says the first three. */
export type TabWord =
  /** How its stream is; `isAnswer`: to a `hello`. */
  | { readonly type: 'view'; readonly view: StreamView; readonly isAnswer?: boolean }
  | { readonly type: 'connected' }
  | { readonly type: 'signal'; readonly signal: Signal }
  /** Is there a leader? */
  | { readonly type: 'hello' }
  | { readonly type: 'retry' };

export class TabChannel {
  private readonly channel: BroadcastChannel;

  /** Throws where the page has no origin. */
  constructor(name: string, hear: (word: TabWord) => void) {
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }: MessageEvent<TabWord>) => hear(data);
  }

  say(word: TabWord): void {
    this.channel.postMessage(word);
  }

  close(): void {
    this.channel.onmessage = null;
    this.channel.close();
  }
}
