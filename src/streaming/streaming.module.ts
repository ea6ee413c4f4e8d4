import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { AppendChunksCommand } from './append-chunks.js';
import { ChunkStore } from './chunk.store.js';
import { ChunksPull } from './chunks.pull.js';
import { Compactor } from './compactor.js';
import { LongPoll } from './long-poll.js';
import { StreamStore } from './stream.store.js';
import { StreamingController } from './streaming.controller.js';

@Module({
  imports: [MessagesModule],
  controllers: [StreamingController],
  providers: [ChunkStore, StreamStore, ChunksPull, LongPoll, AppendChunksCommand, Compactor],
  exports: [LongPoll, ChunkStore, ChunksPull, StreamStore, MessagesModule],
})
export class StreamingModule {}
