import { PullcordError } from '@pullcord/client';
import { uploadAttachment, type Attachment } from '@pullcord/client/api';
import { usePullcord } from '@pullcord/client/react';
import { useCallback, useState } from 'react';
import type { Attached } from './map-to-payload.js';

/** A file on its way to the server, there, or refused. */
export interface Upload {
  readonly key: number;
  readonly name: string;
  readonly attachment?: Attachment;
  readonly problem?: string;
}

export interface Attachments {
  readonly uploads: readonly Upload[];
  /** Those that the server has. */
  readonly list: readonly Attached[];
  readonly isEmpty: boolean;
  /** Whether all of them are there. */
  readonly isReady: boolean;
  readonly add: (files: readonly File[]) => void;
  readonly remove: (key: number) => void;
}

/** As many as one message is sent with. */
export const maxAttachments = 10;

let lastKey = 0;

/** Files for the next message; each is uploaded as soon as it is chosen. */
export function useAttachments(): Attachments {
  const { api } = usePullcord();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const remove = useCallback(
    (key: number) => setUploads((all) => all.filter((upload) => upload.key !== key)),
    [],
  );
  const add = (files: readonly File[]): void => {
    for (const file of files.slice(0, maxAttachments - uploads.length)) {
      const key = (lastKey += 1);
      setUploads((all) => [...all, { key, name: file.name }]);
      const settle = (outcome: Partial<Upload>): void =>
        setUploads((all) => all.map((upload) => (upload.key === key ? { ...upload, ...outcome } : upload)));
      uploadAttachment({ client: api, body: { file } }).then(
        ({ data }) => settle({ attachment: data }),
        (error: unknown) => settle({ problem: detailOf(error) }),
      );
    }
  };
  const list = uploads.flatMap(({ key, attachment }) => (attachment ? [{ key, attachment }] : []));
  return {
    uploads,
    list,
    isEmpty: uploads.length === 0,
    isReady: list.length === uploads.length,
    add,
    remove,
  };
}

const detailOf = (error: unknown): string =>
  error instanceof PullcordError ? error.problem.detail : 'The file could not be sent.';
