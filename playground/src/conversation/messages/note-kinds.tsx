import type { MessageView } from '@pullcord/client';
import type { ReactNode } from 'react';
import { JsonView } from '../json-view.js';
import { Markdown } from '../markdown/markdown.js';
import { Fold } from '../fold.js';
import styles from './note-kinds.module.css';

type Message = MessageView['message'];
type Data<Kind extends Message['kind']> = Extract<Message, { readonly kind: Kind }>['data'];

/** What compression wrote in the place of older messages, which stay above it. */
export function Summary({ data }: { readonly data: Data<'summary'> }): ReactNode {
  const count = data.covers.length;
  const saved = `${data.tokens_before.toLocaleString()} → ${data.tokens_after.toLocaleString()} tokens`;
  return (
    <Fold title={`Summary of ${count} ${count === 1 ? 'message' : 'messages'}`} note={saved}>
      <Markdown text={data.content} />
    </Fold>
  );
}

/** A note of a long step. */
export const Processing = ({
  data,
  isOver,
}: {
  readonly data: Data<'processing'>;
  readonly isOver: boolean;
}): ReactNode => (
  <p className={styles.note} data-over={isOver}>
    {data.stage}
  </p>
);

export function SystemControl({ data }: { readonly data: Data<'system_control'> }): ReactNode {
  const title = data.control_type.replaceAll('_', ' ');
  if (Object.keys(data.parameters).length === 0) return <p className={styles.note}>{title}</p>;
  return (
    <Fold title={title}>
      <JsonView label="Parameters" value={data.parameters} />
    </Fold>
  );
}

/** A kind that this page does not know: what it says of itself, and the rest for who wants to see. */
export function Unknown({
  message,
}: {
  readonly message: Extract<Message, { readonly kind: 'UnknownMessage' }>;
}): ReactNode {
  const title = message.metadata.display_hint.summary ?? message.kind;
  return (
    <Fold title={title}>
      <JsonView label="Contents" value={message.data} />
    </Fold>
  );
}
