import { PullcordError } from '@pullcord/client';
import { useCallback } from 'react';
import { useCommands } from '../commands.js';
import { toPayload, type Attached } from './map-to-payload.js';
import type { OnBusy } from './busy-choice.js';

export interface Writing {
  readonly text: string;
  readonly attachments: readonly Attached[];
  /** Undefined where nothing is under way. */
  readonly onBusy: OnBusy | undefined;
}

/** Sends what was written: attachments first, each as a message, and the text that asks about them. */
export function useSend(): (writing: Writing) => Promise<void> {
  const { live, ask } = useCommands();
  return useCallback(
    async ({ text, attachments, onBusy }) => {
      const hasText = text.trim() !== '';
      const shown = hasText ? attachments : attachments.slice(0, -1);
      for (const { attachment } of shown)
        if (!(await ask(() => live.append({ role: 'user', payload: toPayload(attachment) })))) return;
      const last = attachments.at(-1);
      const said = hasText || !last ? { content: text } : { payload: toPayload(last.attachment) };
      await untilRefused(live.send(onBusy ? { ...said, on_busy: onBusy } : said));
    },
    [live, ask],
  );
}

/** A refusal stands beside the message itself, which the view keeps as failed. */
async function untilRefused(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof PullcordError)) throw error;
  }
}
