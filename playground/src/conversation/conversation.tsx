/** The open conversation: its messages and the field to write in. It fills its place, and scrolls within. */
export const Conversation = ({ id }: { readonly id: string }): React.JSX.Element => (
  <section aria-label="Conversation">{id}</section>
);
