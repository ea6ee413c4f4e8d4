import { PullcordError, type MessageView, type Pullcord } from '@pullcord/client';
import { getAttachmentContent } from '@pullcord/client/api';
import { usePullcord } from '@pullcord/client/react';
import { useEffect, useState, type ReactNode } from 'react';
import { RemoteImage } from '../markdown/remote-image.js';
import { safeImage } from '../markdown/safe-url.js';
import styles from './note-kinds.module.css';

type ImageData = Extract<MessageView['message'], { readonly kind: 'image' }>['data'];

export const ImageBody = ({ data }: { readonly data: ImageData }): ReactNode => {
  const words = data.vision_analysis ?? data.recognized_text;
  return (
    <figure className={styles.figure}>
      <Picture source={data.source} alt={words ?? 'Image'} />
      {words && <figcaption>{words}</figcaption>}
      {data.error && <figcaption className={styles.problem}>{data.error}</figcaption>}
    </figure>
  );
};

interface PictureProps {
  readonly source: ImageData['source'];
  readonly alt: string;
}

function Picture({ source, alt }: PictureProps): ReactNode {
  if ('attachment_id' in source) return <AttachedPicture id={source.attachment_id} alt={alt} />;
  if ('file_path' in source) return <p className={styles.note}>{source.file_path}</p>;
  const safe = safeImage(
    'base64' in source ? `data:${source.mime_type};base64,${source.base64}` : source.url,
  );
  if (!safe) return <p className={styles.note}>An image that cannot be shown here.</p>;
  return safe.type === 'inline' ? <img src={safe.src} alt={alt} /> : <RemoteImage {...safe} alt="" />;
}

/** Fetched by the page, since an `img` sends no token. */
function AttachedPicture({ id, alt }: { readonly id: string; readonly alt: string }): ReactNode {
  const url = useAttachmentUrl(id);
  if (url === 'failed') return <p className={styles.problem}>The image could not be fetched.</p>;
  return url ? <img src={url} alt={alt} /> : <p className={styles.note}>Fetching the image…</p>;
}

/** An address within the page for an attachment's bytes, given back when nobody shows them any more. */
function useAttachmentUrl(attachmentId: string): string | undefined {
  const { api } = usePullcord();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    let made: string | undefined;
    const fetchIt = async (): Promise<void> => {
      const bytes = await bytesOrNothing(api, attachmentId, abort.signal);
      if (abort.signal.aborted) return;
      made = bytes ? URL.createObjectURL(bytes) : 'failed';
      setUrl(made);
    };
    void fetchIt();
    return () => {
      abort.abort();
      if (made?.startsWith('blob:')) URL.revokeObjectURL(made);
    };
  }, [api, attachmentId]);
  return url;
}

/** Undefined where the server would not give them. */
async function bytesOrNothing(
  client: Pullcord['api'],
  id: string,
  signal: AbortSignal,
): Promise<Blob | undefined> {
  try {
    const { data } = await getAttachmentContent({
      client,
      path: { attachment_id: id },
      parseAs: 'blob',
      signal,
    });
    return data instanceof Blob ? data : undefined;
  } catch (error) {
    if (error instanceof PullcordError || signal.aborted) return undefined;
    throw error;
  }
}
