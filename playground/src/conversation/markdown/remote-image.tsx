import { useState, type ReactNode } from 'react';
import styles from './markdown.module.css';

interface RemoteImageProps {
  readonly src: string;
  readonly host: string;
  readonly alt: string;
}

/**
 * An image from elsewhere, fetched only when the reader asks for it: an address may carry out of the conversation
 * whatever a model was talked into writing there.
 */
export function RemoteImage({ src, host, alt }: RemoteImageProps): ReactNode {
  const [isShown, setShown] = useState(false);
  if (isShown) return <img src={src} alt={alt} referrerPolicy="no-referrer" />;
  return (
    <button type="button" className={`button ${styles.remote}`} title={src} onClick={() => setShown(true)}>
      {alt ? `Show image from ${host}: ${alt}` : `Show image from ${host}`}
    </button>
  );
}
