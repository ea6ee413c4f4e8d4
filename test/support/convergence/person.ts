// Somebody in front of a client who does anything at any time, and remembers what was acknowledged.
import { PullcordError, type LiveContext, type MessageView } from '@pullcord/client';
import type { Random } from '../random.js';

/** What was said under a mark of its own, and whether the server has acknowledged it. */
export interface Said {
  readonly mark: string;
  isAcknowledged: boolean;
}

type Deed = (context: LiveContext) => Promise<unknown> | undefined;

export class Person {
  readonly said: Said[] = [];
  done = 0;
  refused = 0;
  /** Commands of which nobody knows whether they were carried out. */
  unanswered = 0;

  constructor(
    private readonly name: string,
    private readonly contexts: readonly LiveContext[],
    private readonly random: Random,
  ) {}

  async act(times: number): Promise<void> {
    for (let n = 0; n < times; n++)
      await this.do(this.random.oneOf(this.deeds), this.random.oneOf(this.contexts));
  }

  /** Each as often as it is meant to be done. */
  private get deeds(): readonly Deed[] {
    return [
      this.send,
      this.send,
      this.send,
      this.send,
      this.cancel,
      this.edit,
      this.retry,
      this.switchBranch,
    ].concat([this.decide, this.decide, this.append, this.loadOlder]);
  }

  private async do(deed: Deed, context: LiveContext): Promise<void> {
    try {
      await deed(context);
      this.done++;
    } catch (error) {
      if (!(error instanceof PullcordError)) throw error;
      const { status } = error.problem;
      if (status === 0 || status >= 500) this.unanswered++;
      else if ([404, 409, 422, 429].includes(status)) this.refused++;
      else throw error;
    }
  }

  private readonly send: Deed = (context) =>
    this.say((content) =>
      context.send({ content, on_busy: this.random.oneOf(['queue', 'interrupt', 'reject'] as const) }),
    );

  private readonly append: Deed = (context) =>
    this.say((content) => context.append({ role: 'user', payload: { kind: 'text', data: { content } } }));

  private readonly edit: Deed = (context) => {
    const mine = context.getView().messages.filter(isOfUser);
    return mine.length > 0
      ? this.say((content) => context.edit(this.random.oneOf(mine).message.id, content))
      : undefined;
  };

  private readonly cancel: Deed = (context) => context.cancel();
  private readonly retry: Deed = (context) => context.retry();
  private readonly loadOlder: Deed = (context) => context.loadOlder();

  private readonly switchBranch: Deed = (context) => {
    const { branches } = context.getView();
    return branches.length > 0 ? context.switchBranch(this.random.oneOf(branches).id) : undefined;
  };

  private readonly decide: Deed = (context) => {
    const state = context.getView().metadata?.state;
    if (state?.type !== 'awaiting_user' || state.reason !== 'tool_approval') return undefined;
    return context.approve(
      (state.pending ?? []).map(({ tool_call_id }) => ({
        tool_call_id,
        decision: this.random.oneOf(['approve', 'deny'] as const),
      })),
    );
  };

  private async say(send: (content: string) => Promise<unknown>): Promise<void> {
    const said = { mark: `#${this.name}-${this.said.length};`, isAcknowledged: false };
    this.said.push(said);
    const how = this.random.oneOf([
      '/words 30',
      '/reason\n/words 12',
      '/tool current_time {}',
      '/fail-after 4',
    ]);
    await send(`${said.mark} Café 🌧️\n${how}`);
    said.isAcknowledged = true;
  }
}

const isOfUser = ({ message }: MessageView): boolean => message.role === 'user' && message.kind === 'text';
