import { Injectable } from '@nestjs/common';
import { AttachmentReader } from '../../attachments/attachment-reader.js';
import { Settings } from '../../config/settings.js';
import type { Context } from '../../contexts/context-row.js';
import { attachmentAt } from '../../messages/prompt/attachment-url.js';
import { PipelineAborted } from '../../prompts/pipeline.js';
import type { PromptMessage, PromptPart } from '../../providers/language-model.js';

/** What stands for the address of an attached image, or why nothing does. */
type Shown =
  | { readonly type: 'part'; readonly part: PromptPart; readonly bytes: number }
  | { readonly type: 'nothing'; readonly code: string; readonly why: string };

/**
 * Puts the bytes of attached images in the place of their addresses, the newest first and within the limit. An older one
 * that cannot be shown is a note to the model; when it is what the user asks about, the turn ends, and says why.
 */
@Injectable()
export class PictureReader {
  constructor(
    private readonly attachments: AttachmentReader,
    private readonly settings: Settings,
  ) {}

  /** `asked` are the attachments of the message that is being answered. Throws PipelineAborted. */
  async show(
    messages: readonly PromptMessage[],
    context: Pick<Context, 'owner'>,
    asked: string | undefined,
  ): Promise<readonly PromptMessage[]> {
    if (!messages.some(hasAttachment)) return messages;
    const shown: PromptMessage[] = [];
    let left = this.settings.promptImagesBytes;
    for (const message of messages.toReversed()) {
      if (message.role !== 'user') {
        shown.unshift(message);
        continue;
      }
      const parts: PromptPart[] = [];
      for (const part of message.parts) {
        const id = addressOf(part);
        const found = id === undefined ? undefined : await this.read(id, context, left);
        if (found?.type === 'nothing' && id === asked)
          throw new PipelineAborted({ code: found.code, message: found.why, retryable: false });
        if (found?.type === 'part') left -= found.bytes;
        parts.push(found ? partOf(found) : part);
      }
      shown.unshift({ ...message, parts });
    }
    return shown;
  }

  private async read(id: string, { owner }: Pick<Context, 'owner'>, left: number): Promise<Shown> {
    const read = await this.attachments.readPicture(id, owner, left);
    switch (read.type) {
      case 'read': {
        const { mime_type } = read.attachment;
        const part = { type: 'image', base64: read.bytes.toString('base64'), mime_type } as const;
        return { type: 'part', part, bytes: read.bytes.length };
      }
      case 'missing':
        return nothing('attachment_gone', 'The image is not attached any more.');
      case 'wrong_type':
        return nothing('not_an_image', `${read.attachment.name} is no image that a model is shown.`);
      case 'too_large': {
        const { promptImagesBytes } = this.settings;
        return nothing(
          'image_too_large',
          `${read.attachment.name} is left out: a model is sent ${promptImagesBytes} bytes of images at once.`,
        );
      }
      default:
        return read satisfies never;
    }
  }
}

const addressOf = (part: PromptPart): string | undefined =>
  part.type === 'image' && 'url' in part ? attachmentAt(part.url) : undefined;

const hasAttachment = (message: PromptMessage): boolean =>
  message.role === 'user' && message.parts.some((part) => addressOf(part) !== undefined);

const nothing = (code: string, why: string): Shown => ({ type: 'nothing', code, why });

const partOf = (shown: Shown): PromptPart =>
  shown.type === 'part' ? shown.part : { type: 'text', text: `(An image: ${shown.why})` };
