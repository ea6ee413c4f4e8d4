// Looks at every view that a client shows, and remembers what must never have been shown.
import type { ContextView, MessageView } from '@pullcord/client';

/** The longest text that anybody was shown of each message. */
export type SeenTexts = Map<string, string>;

export class Witness {
  views = 0;
  /** What was wrong, in words. */
  readonly wrongs: string[] = [];
  private revision = 0;
  private readonly finals = new Map<string, string>();

  constructor(
    private readonly who: string,
    private readonly texts: SeenTexts,
  ) {}

  readonly see = (view: ContextView): void => {
    this.views++;
    const revision = view.metadata?.revision ?? this.revision;
    if (revision < this.revision) this.object(`the revision fell from ${this.revision} to ${revision}`);
    this.revision = revision;
    view.messages.forEach((shown, at) => {
      const before = view.messages[at - 1]?.message.id;
      if (before !== undefined && shown.message.parent_id !== before)
        this.object(`${shown.message.id} stands behind ${before}, which is not its parent`);
      this.seeText(shown);
      this.seeFinal(shown);
    });
  };

  /** What was shown is the beginning of what is shown later, whoever is shown it. */
  private seeText({ message, text, reasoning }: MessageView): void {
    for (const [kind, now] of Object.entries({ text, reasoning })) {
      const key = `${kind} of ${message.id}`;
      const longest = this.texts.get(key) ?? '';
      if (now.startsWith(longest)) this.texts.set(key, now);
      else if (!longest.startsWith(now)) this.object(`the ${key} was "${longest}" and is "${now}"`);
    }
  }

  private seeFinal({ message, text, isStreaming }: MessageView): void {
    if (message.status === 'streaming') return;
    if (isStreaming) this.object(`${message.id} is final and streams`);
    const now = JSON.stringify([message, text]);
    const before = this.finals.get(message.id) ?? now;
    if (now !== before) this.object(`${message.id} was final as ${before} and is ${now}`);
    this.finals.set(message.id, now);
  }

  private object(wrong: string): void {
    this.wrongs.push(`${this.who}: ${wrong}`);
  }
}
