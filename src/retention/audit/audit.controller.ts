import { Controller, Get, Query } from '@nestjs/common';
import { Operation, Tag } from '../../http/operation.js';
import { Caller } from '../../http/params.js';
import type { Owner } from '../../kernel/ids.js';
import { AuditLogView, ListAudit } from '../dto/audit-views.js';
import { AuditPull } from './audit.pull.js';

@Tag('contexts')
@Controller('audit')
export class AuditController {
  constructor(private readonly pull: AuditPull) {}

  @Get()
  @Operation({
    id: 'listAudit',
    summary: 'List how contexts have ended',
    about: 'Each deletion, return and purge of the caller’s contexts, the newest first.',
    answer: { status: 200, about: 'One page.', type: AuditLogView },
    errors: ['invalid_request'],
  })
  list(@Caller() owner: Owner, @Query() query: ListAudit): Promise<AuditLogView> {
    return this.pull.list(owner, query);
  }
}
