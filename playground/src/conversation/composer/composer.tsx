import type { ContextView } from '@pullcord/client';
import { useRef, useState, type ClipboardEvent, type KeyboardEvent, type ReactNode } from 'react';
import { Icon } from '../../style/icon.js';
import { useCommands } from '../commands.js';
import { AttachButton, AttachmentList } from './attachments.js';
import { BusyChoice, type OnBusy } from './busy-choice.js';
import { StopButton } from './stop-button.js';
import { useAttachments } from './use-attachments.js';
import { useDraft } from './use-draft.js';
import { useSend } from './use-send.js';
import styles from './composer.module.css';

export interface ComposerProps {
  readonly view: ContextView;
  readonly placeholder: string;
}

/** The field to write in. Enter sends; with Shift it is a new line. */
export function Composer({ view, placeholder }: ComposerProps): ReactNode {
  const { allows } = useCommands();
  const [draft, setDraft] = useDraft(view);
  const [onBusy, setOnBusy] = useState<OnBusy>('queue');
  const attachments = useAttachments();
  const field = useRef<HTMLTextAreaElement>(null);
  const isBusy = !allows('send_message');
  const { isUnderWay, send } = useSend();
  const isWhole = attachments.isEmpty ? draft.trim() !== '' : !isBusy && attachments.isReady;
  const canSend = isWhole && !isUnderWay;

  const submit = (): void => {
    if (!canSend) return;
    void send(
      { text: draft, attachments: attachments.list, onBusy: isBusy ? onBusy : undefined },
      { attachment: attachments.remove, text: () => setDraft('') },
    );
    field.current?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    // While a character is being composed, Enter belongs to the input method.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  const paste = (event: ClipboardEvent): void => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    attachments.add([...event.clipboardData.files]);
  };

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        attachments.add([...event.dataTransfer.files]);
      }}
    >
      <AttachmentList attachments={attachments} />
      <textarea
        ref={field}
        rows={1}
        // Whoever begins a conversation wants to write at once.
        autoFocus={view.messages.length === 0}
        readOnly={isUnderWay}
        aria-label="Message"
        placeholder={placeholder}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={press}
        onPaste={paste}
      />
      <div className={styles.tools}>
        <AttachButton onPick={attachments.add} />
        {isBusy && allows('cancel') && <BusyChoice value={onBusy} onChoose={setOnBusy} />}
        <span className={styles.space} />
        <StopButton view={view} />
        <button type="submit" className="button primary" disabled={!canSend}>
          <Icon name="send" />
          <span>Send</span>
        </button>
      </div>
    </form>
  );
}
