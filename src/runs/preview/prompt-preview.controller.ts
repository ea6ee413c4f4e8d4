import { Controller, Get, Query } from '@nestjs/common';
import { ContextPath, Operation, Tag } from '../../http/operation.js';
import { Caller, PathContextId } from '../../http/params.js';
import type { ContextId, Owner } from '../../kernel/ids.js';
import { PreviewPrompt, PromptPreview } from './dto/prompt-preview.js';
import { PromptPreviews } from './prompt-previews.js';

/** What a model would be told, for people who want to know. */
@Tag('contexts')
@Controller('contexts/:context_id/prompt_preview')
export class PromptPreviewController {
  constructor(private readonly previews: PromptPreviews) {}

  @Get()
  @ContextPath
  @Operation({
    id: 'previewPrompt',
    summary: 'See what the model would be sent',
    about:
      'What a model would be sent of the branch as it stands: each message with its tokens, and why it is in the prompt or not. No model is called for it. A turn’s own question, and the files that it points at, come on top.',
    answer: { status: 200, about: 'The prompt.', type: PromptPreview },
    errors: ['invalid_request', 'context_not_found', 'branch_not_found', 'unknown_model'],
  })
  preview(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Query() query: PreviewPrompt,
  ): Promise<PromptPreview> {
    return this.previews.preview(id, owner, query);
  }
}
