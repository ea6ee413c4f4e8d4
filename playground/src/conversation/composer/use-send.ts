import { PullcordError } from '@pullcord/client';
import { useState } from 'react';
import { useCommands } from '../commands.js';
import { toPayload, type Attached } from './map-to-payload.js';
import type { OnBusy } from './busy-choice.js';

export interface Writing {
  readonly text: string;
  readonly attachments: readonly Attached[];
  /** Undefined where nothing is under way. */
  readonly onBusy: OnBusy | undefined;
}

/** What may leave the field, as the conversation has it now. */
export interface Taken {
  readonly attachment: (key: number) => void;
  readonly text: () => void;
}

export interface Sending {
  /** While attachments go ahead of the text. */
  readonly isUnderWay: boolean;
  readonly send: (writing: Writing, taken: Taken) => Promise<void>;
}

/**
 * Sends what was written: attachments first, each as a message, and the text that asks about them. What was not taken
 * stays in the field, and nothing that was is sent again with it.
 */
export function useSend(): Sending {
  const { live, ask } = useCommands();
  const [isUnderWay, setUnderWay] = useState(false);
  const show = async (attachments: readonly Attached[], taken: Taken): Promise<boolean> => {
    for (const { key, attachment } of attachments) {
      const payload = toPayload(attachment);
      if (!(await ask(() => live.append({ role: 'user', payload })))) return false;
      taken.attachment(key);
    }
    return true;
  };
  const send: Sending['send'] = async ({ text, attachments, onBusy }, taken) => {
    const hasText = text.trim() !== '';
    const last = hasText ? undefined : attachments.at(-1);
    const before = last ? attachments.slice(0, -1) : attachments;
    if (before.length > 0) {
      setUnderWay(true);
      const isShown = await show(before, taken);
      setUnderWay(false);
      if (!isShown) return;
    }
    const said = last ? { payload: toPayload(last.attachment) } : { content: text };
    const sent = live.send(onBusy ? { ...said, on_busy: onBusy } : said);
    if (last) taken.attachment(last.key);
    taken.text();
    await untilRefused(sent);
  };
  return { isUnderWay, send };
}

/** A refusal stands beside the message itself, which the view keeps as failed. */
async function untilRefused(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof PullcordError)) throw error;
  }
}
