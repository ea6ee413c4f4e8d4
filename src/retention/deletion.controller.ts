import { Body, Controller, Delete, Get, Headers, Post, Query } from '@nestjs/common';
import { ContextPath, Operation, Tag } from '../http/operation.js';
import { Caller, IdempotencyKey, PathContextId } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { DeleteContextCommand } from './delete-context.js';
import { DeletedContextsPull, type DeletedPage } from './deleted-contexts.pull.js';
import {
  DeleteContext,
  DeletedContextList,
  ListDeletedContexts,
  Undelete,
  UndeletedView,
} from './dto/deleted-contexts.js';
import { UndeleteContextCommand, type Undeleted } from './undelete-context.js';

/** Here rather than with the contexts, because everything that hangs on one goes with it. */
@Tag('contexts')
@Controller()
export class DeletionController {
  constructor(
    private readonly deletion: DeleteContextCommand,
    private readonly undeletion: UndeleteContextCommand,
    private readonly pull: DeletedContextsPull,
  ) {}

  @Get('deleted-contexts')
  @Operation({
    id: 'listDeletedContexts',
    summary: 'List deleted contexts',
    about: 'Those that can still come back, the last deleted first.',
    answer: { status: 200, about: 'One page.', type: DeletedContextList },
    errors: ['invalid_request'],
  })
  list(@Caller() owner: Owner, @Query() query: ListDeletedContexts): Promise<DeletedPage> {
    return this.pull.list(owner, query);
  }

  @Delete('contexts/:context_id')
  @ContextPath
  @Operation({
    id: 'deleteContext',
    summary: 'Delete a context',
    about:
      'Nobody finds it any more, and a run that is under way ends. Until PULLCORD_DELETE_GRACE_MS is over `undeleteContext` brings it back; then its messages, chunks, branches and all else of it are removed.',
    answer: { status: 204, about: 'It is gone.' },
    errors: ['invalid_request', 'context_not_found', 'revision_mismatch'],
    isGuarded: true,
  })
  delete(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Query() { purge: isPurge = false }: DeleteContext,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.deletion.execute(id, owner, { isPurge, ...(ifMatch !== undefined && { ifMatch }) });
  }

  @Post('contexts/:context_id/actions/undelete')
  @ContextPath
  @Operation({
    id: 'undeleteContext',
    summary: 'Bring a deleted context back',
    about:
      'With everything of it, as it was when it was deleted; what was being answered then has ended. 404 once its time of grace is over. A context that is not deleted stays as it is.',
    answer: { status: 202, about: 'It is there again.', type: UndeletedView },
    errors: ['invalid_request', 'context_not_found'],
    isIdempotent: true,
  })
  undelete(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() _body: Undelete,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<Undeleted> {
    return this.undeletion.execute(id, owner, key);
  }
}
