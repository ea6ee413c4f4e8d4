import { useId, useState } from 'react';
import { Dialog, DialogButtons } from '../menu/dialog.js';

export interface TokenPromptProps {
  /** Whether there was a token, and the server did not take it. */
  readonly wasRefused: boolean;
  readonly onToken: (token: string) => void;
}

export function TokenPrompt({ wasRefused, onToken }: TokenPromptProps): React.JSX.Element {
  const [text, setText] = useState('');
  const field = useId();
  const hint = useId();
  return (
    <Dialog title="Sign in" onClose={stay}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) onToken(text.trim());
        }}
      >
        <p id={hint} className="quiet">
          {wasRefused
            ? 'The token was not accepted. Give another one.'
            : 'This server wants a token: one of those in PULLCORD_TOKENS. It is kept in this tab and forgotten with it.'}
        </p>
        <label htmlFor={field} className="heard">
          Token
        </label>
        <input
          id={field}
          type="password"
          className="field"
          autoComplete="off"
          spellCheck={false}
          aria-describedby={hint}
          aria-invalid={wasRefused}
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <DialogButtons>
          <button type="submit" className="button primary" disabled={!text.trim()}>
            Connect
          </button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

/** Without a token there is nothing to go back to. */
const stay = (): void => {};
