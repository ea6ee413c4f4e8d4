import { useEffect, useState, type ReactNode } from 'react';
import { Icon } from '../style/icon.js';

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
}

const shownForMs = 1500;

/** Puts the text into the clipboard, and says so for a moment. */
export function CopyButton({ text, label }: CopyButtonProps): ReactNode {
  const [outcome, setOutcome] = useState<'Copied' | 'Could not copy'>();
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(undefined), shownForMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => setOutcome((await isCopied(text)) ? 'Copied' : 'Could not copy');
  const name = outcome ?? label;
  return (
    <button type="button" className="sign" aria-label={name} title={name} onClick={() => void copy()}>
      <Icon name={outcome === 'Copied' ? 'check' : 'copy'} />
    </button>
  );
}

/** False where the browser does not let the page write to the clipboard. */
async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
