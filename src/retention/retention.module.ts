import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditPull } from './audit/audit.pull.js';
import { AuditStore } from './audit/audit.store.js';
import { DeleteContextCommand } from './delete-context.js';
import { DeletedContextStore } from './deleted-context.store.js';
import { DeletedContextsPull } from './deleted-contexts.pull.js';
import { DeletionController } from './deletion.controller.js';
import { Deletion } from './deletion.js';
import { ExpiredContextsPull } from './expired-contexts.pull.js';
import { Expiry } from './expiry.js';
import { Purge } from './purge.js';
import { RetentionSweeper } from './sweeper.js';
import { UndeleteContextCommand } from './undelete-context.js';

/** How contexts end: deleted, back again, purged, each with an entry in the audit log. */
@Module({
  imports: [RunsModule],
  controllers: [DeletionController, AuditController],
  providers: [
    AuditStore,
    DeletedContextStore,
    DeletedContextsPull,
    Deletion,
    ExpiredContextsPull,
    Expiry,
    AuditPull,
    Purge,
    DeleteContextCommand,
    UndeleteContextCommand,
    RetentionSweeper,
  ],
  exports: [DeleteContextCommand, DeletedContextStore],
})
export class RetentionModule {}
