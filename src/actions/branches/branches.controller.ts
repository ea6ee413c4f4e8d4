import { Body, Controller, Delete, Get, Headers, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ContextsPull } from '../../contexts/contexts.pull.js';
import { CompareBranches, CreateBranch, PatchBranch } from '../../contexts/dto/branch-requests.js';
import {
  BranchComparison,
  BranchList,
  BranchView,
  BranchWithConfig,
} from '../../contexts/dto/branch-views.js';
import { answerConditionally } from '../../http/conditional.js';
import { contextEtag } from '../../http/etag.js';
import { samples } from '../../http/fields.js';
import { BranchPath, ContextPath, Operation, Tag } from '../../http/operation.js';
import { Caller, IdempotencyKey, PathBranchId, PathContextId } from '../../http/params.js';
import type { BranchId, ContextId, Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { ComparePull } from '../../messages/compare.pull.js';
import { ChangeBranchCommand } from './change-branch.js';
import { CreateBranchCommand } from './create-branch.js';
import { DeleteBranchCommand } from './delete-branch.js';

const tagged = { ETag: { about: 'Of the context: it moves with its revision.', example: '"57"' } };
const fork = { id: samples.request, name: 'Shorter answers', parent_branch: 'main', fork_depth: 2 };

/** The branches of a context. Here rather than with the contexts, because what is deleted with one is above those. */
@Tag('branches')
@Controller('contexts/:context_id/branches')
export class BranchesController {
  constructor(
    private readonly contexts: ContextsPull,
    private readonly comparisons: ComparePull,
    private readonly creation: CreateBranchCommand,
    private readonly change: ChangeBranchCommand,
    private readonly removal: DeleteBranchCommand,
  ) {}

  @Get()
  @ContextPath
  @Operation({
    id: 'listBranches',
    summary: 'List the branches of a context',
    answer: { status: 200, about: 'All branches, oldest first.', type: BranchList, headers: tagged },
    errors: ['context_not_found'],
    isConditional: true,
  })
  async list(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BranchList | undefined> {
    const { active_branch, revision } = await this.contexts.glance(id, owner);
    const branches = (await this.contexts.branches(id)).map((branch) => BranchView.of(branch));
    const list = { branches, active_branch, revision };
    return answerConditionally(reply, { etag: contextEtag(revision) }, known, () => list);
  }

  @Post()
  @ContextPath
  @Operation({
    id: 'createBranch',
    summary: 'Create a branch',
    about:
      'It goes on from any message, or begins anew, and shares all messages up to there. What is shown does not change: `switch_branch` does that.',
    answer: {
      status: 201,
      about: 'The new branch.',
      type: BranchWithConfig,
      example: fork,
      headers: {
        Location: {
          about: 'The path of the branch.',
          example: `/contexts/${samples.context}/branches/${samples.request}`,
        },
        ...tagged,
      },
    },
    errors: [
      'invalid_request',
      'context_not_found',
      'branch_not_found',
      'message_not_found',
      'context_busy',
      'illegal_transition',
      'branch_name_taken',
      'limit_exceeded',
      'unknown_mode',
      'unknown_system_prompt',
      'wrong_variables',
    ],
    isIdempotent: true,
  })
  async create(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Body() body: CreateBranch,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BranchWithConfig> {
    const { branch, revision } = await this.creation.execute(id, owner, body, key);
    void reply
      .header('location', `/contexts/${id}/branches/${branch.id}`)
      .header('etag', contextEtag(revision));
    return BranchWithConfig.whole(branch);
  }

  @Get('compare')
  @ContextPath
  @Operation({
    id: 'compareBranches',
    summary: 'Compare two branches',
    about: 'What both begin with, and the messages that only one of them has, a page of ids of each.',
    answer: { status: 200, about: 'The comparison.', type: BranchComparison },
    errors: ['invalid_request', 'context_not_found', 'branch_not_found'],
  })
  compare(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Query() query: CompareBranches,
  ): Promise<BranchComparison> {
    return this.comparisons.compare(id, owner, query);
  }

  @Get(':branch_id')
  @ContextPath
  @BranchPath
  @Operation({
    id: 'getBranch',
    summary: 'Get a branch',
    answer: { status: 200, about: 'The branch.', type: BranchWithConfig, headers: tagged },
    errors: ['context_not_found', 'branch_not_found'],
    isConditional: true,
  })
  async get(
    @PathContextId() id: ContextId,
    @PathBranchId() branchId: BranchId,
    @Caller() owner: Owner,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BranchWithConfig | undefined> {
    const { branch, revision } = await this.contexts.branch(id, owner, branchId);
    const etag = contextEtag(revision);
    return answerConditionally(reply, { etag }, known, () => BranchWithConfig.whole(branch));
  }

  @Patch(':branch_id')
  @ContextPath
  @BranchPath
  @Operation({
    id: 'patchBranch',
    summary: 'Rename a branch, or change its config',
    answer: {
      status: 200,
      about: 'The branch as it is now.',
      type: BranchWithConfig,
      example: fork,
      headers: tagged,
    },
    errors: [
      'invalid_request',
      'context_not_found',
      'branch_not_found',
      'illegal_transition',
      'branch_name_taken',
      'revision_mismatch',
      'unknown_mode',
      'unknown_system_prompt',
      'wrong_variables',
    ],
    isGuarded: true,
  })
  async patch(
    @PathContextId() id: ContextId,
    @PathBranchId() branchId: BranchId,
    @Caller() owner: Owner,
    @Body() body: PatchBranch,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BranchWithConfig> {
    const { branch, revision } = await this.change.execute(id, owner, branchId, body, ifMatch);
    void reply.header('etag', contextEtag(revision));
    return BranchWithConfig.whole(branch);
  }

  @Delete(':branch_id')
  @ContextPath
  @BranchPath
  @Operation({
    id: 'deleteBranch',
    summary: 'Delete a branch',
    about:
      'Messages that no other branch has go with it, and are named in the `deleted` of changes. Not the branch that is shown, nor one on which anything works or waits.',
    answer: { status: 204, about: 'It is gone.' },
    errors: [
      'context_not_found',
      'branch_not_found',
      'branch_in_use',
      'illegal_transition',
      'revision_mismatch',
    ],
    isGuarded: true,
  })
  delete(
    @PathContextId() id: ContextId,
    @PathBranchId() branchId: BranchId,
    @Caller() owner: Owner,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    return this.removal.execute(id, owner, branchId, ifMatch);
  }
}
