import { Module } from '@nestjs/common';
import { StreamingModule } from '../streaming/streaming.module.js';
import { ExportService } from './export/export.service.js';
import { ImportReader } from './import/import-reader.js';
import { ImportService } from './import/import.service.js';
import { ImportStore } from './import/import.store.js';
import { TransferController } from './transfer.controller.js';

@Module({
  imports: [StreamingModule],
  controllers: [TransferController],
  providers: [ExportService, ImportReader, ImportService, ImportStore],
  exports: [ImportReader],
})
export class TransferModule {}
