import { useRef } from 'react';
import { Icon } from '../style/icon.js';

export interface FileButtonProps {
  readonly icon: Parameters<typeof Icon>[0]['name'];
  /** What the button does. */
  readonly label: string;
  /** The endings that are offered; without them, all files. */
  readonly accept?: string;
  readonly isForMany?: boolean;
  readonly onPick: (files: readonly File[]) => void;
}

/** A button that asks for files. */
export function FileButton({ icon, label, accept, isForMany, onPick }: FileButtonProps): React.JSX.Element {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="sign"
        aria-label={label}
        title={label}
        onClick={() => picker.current?.click()}
      >
        <Icon name={icon} />
      </button>
      <input
        ref={picker}
        type="file"
        hidden
        accept={accept}
        multiple={isForMany}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          // The same file again is a choice again.
          target.value = '';
          if (files.length > 0) onPick(files);
        }}
      />
    </>
  );
}
