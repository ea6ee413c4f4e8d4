import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { AttachmentReader } from './attachment-reader.js';
import { AttachmentReferenceStore } from './attachment-references.store.js';
import { AttachmentSweeper } from './attachment-sweeper.js';
import { AttachmentStore } from './attachment.store.js';
import { AttachmentsController } from './attachments.controller.js';
import { AttachmentsPull } from './attachments.pull.js';
import { AttachmentsService } from './attachments.service.js';
import { AttachmentContentController } from './content.controller.js';
import { AttachmentFolder } from './files/attachment-folder.js';

/** Files that users attach, which messages refer to and models are sent. */
@Module({
  imports: [MessagesModule],
  controllers: [AttachmentsController, AttachmentContentController],
  providers: [
    AttachmentFolder,
    AttachmentStore,
    AttachmentReferenceStore,
    AttachmentsPull,
    AttachmentsService,
    AttachmentSweeper,
    AttachmentReader,
  ],
  exports: [AttachmentReader, AttachmentsPull, AttachmentsService],
})
export class AttachmentsModule {}
