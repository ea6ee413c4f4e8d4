import { Controller, Delete, Headers } from '@nestjs/common';
import { ContextPath, Operation, Tag } from '../http/operation.js';
import { Caller, PathContextId } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import { DeleteContextCommand } from './delete-context.js';

/** Here rather than with the contexts, because everything that hangs on one goes with it. */
@Tag('contexts')
@Controller('contexts/:context_id')
export class ContextRemovalController {
  constructor(private readonly command: DeleteContextCommand) {}

  @Delete()
  @ContextPath
  @Operation({
    id: 'deleteContext',
    summary: 'Delete a context',
    about: 'Its messages, chunks and branches go with it, and a run that is under way ends.',
    answer: { status: 204, about: 'It is gone.' },
    errors: ['context_not_found', 'revision_mismatch'],
    isGuarded: true,
  })
  delete(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.command.execute(id, owner, ifMatch);
  }
}
