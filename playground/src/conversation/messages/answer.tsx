import type { MessageView } from '@pullcord/client';
import type { ReactNode } from 'react';
import { Fold } from '../fold.js';
import { Markdown } from '../markdown/markdown.js';
import { PreparedCalls } from '../tools/prepared-calls.js';
import styles from './answer.module.css';

type AnswerMessage = Extract<MessageView['message'], { readonly kind: 'streaming_response' }>;

const endings: Readonly<Record<string, string>> = {
  cancelled: 'Stopped here.',
  interrupted: 'Interrupted: the server went down here.',
  failed: 'It broke off here.',
};

/** What a model says, while it says it and afterwards. */
export function Answer({
  view,
  message,
}: {
  readonly view: MessageView;
  readonly message: AnswerMessage;
}): ReactNode {
  const { text, reasoning, isStreaming } = view;
  const isThinking = isStreaming && text === '';
  return (
    <>
      {reasoning && (
        <Fold title="Reasoning" note={isThinking && <Dots />}>
          <div className={styles.reasoning}>
            <Markdown text={reasoning} />
          </div>
        </Fold>
      )}
      {text && (
        <div className={isStreaming ? styles.growing : undefined}>
          <Markdown text={text} />
        </div>
      )}
      {isStreaming && <PreparedCalls argumentsById={view.toolArguments} />}
      {isThinking && !reasoning && Object.keys(view.toolArguments).length === 0 && (
        <p className={styles.waiting}>
          <Dots />
          <span className="heard">The answer is on its way.</span>
        </p>
      )}
      {!isStreaming && <Ending message={message} />}
    </>
  );
}

const Dots = (): ReactNode => <span className={styles.dots} aria-hidden="true" />;

function Ending({ message: { status, data } }: { readonly message: AnswerMessage }): ReactNode {
  const ending =
    endings[status] ??
    (data.finish_reason === 'length' ? 'Cut off: the answer reached its limit.' : undefined);
  return ending && <p className={styles.ending}>{ending}</p>;
}
