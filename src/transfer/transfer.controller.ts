import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { samples } from '../http/fields.js';
import { bytesOf } from '../http/json-body.js';
import { BodyOf, ContextPath, Operation, Tag } from '../http/operation.js';
import { Caller, IdempotencyKey, PathContextId } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { ContextFileView, ExportContext, ImportContexts, ImportOutcomeView } from './dto/transfer-fields.js';
import { fileOf } from './export/export-text.js';
import { ExportService } from './export/export.service.js';
import { ImportReader } from './import/import-reader.js';

@Tag('transfer')
@Controller('contexts')
export class TransferController {
  constructor(
    private readonly exports: ExportService,
    private readonly imports: ImportReader,
  ) {}

  @Get(':context_id/export')
  @ContextPath
  @Operation({
    id: 'exportContext',
    summary: 'Export a context',
    about:
      'As it is at one moment, however long the client takes to read it. `json` and `jsonl` hold everything, and can be imported again; `markdown` shows a branch to people.',
    answer: {
      status: 200,
      about: 'The file.',
      type: ContextFileView,
      also: {
        'application/x-ndjson': {
          schema: { type: 'string', example: '{"format":"pullcord-context","version":1}\n' },
        },
        'text/markdown': { schema: { type: 'string', example: '# Leases explained\n' } },
      },
      headers: {
        'Content-Disposition': {
          about: 'A name for the file.',
          example: 'attachment; filename="context.json"',
        },
      },
    },
    errors: ['invalid_request', 'context_not_found', 'branch_not_found', 'too_many_requests'],
  })
  async export(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Query() query: ExportContext,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = await this.exports.open(id, owner, { ...query, lang: [query.lang].flat() });
    const { type, ending } = fileOf[query.format];
    await reply
      .header('content-type', type)
      .header('content-disposition', `attachment; filename="context-${id}.${ending}"`)
      .header('cache-control', 'no-store')
      .send(file);
  }

  @Post('import')
  @BodyOf(ContextFileView)
  @Operation({
    id: 'importContexts',
    summary: 'Import contexts',
    about:
      'The file is JSON, as shown; lines of JSON (`application/x-ndjson`); or an archive (`application/zip`). Each context of it appears whole or not at all. What was under way in it is interrupted, with all that it had got.',
    answer: {
      status: 201,
      about: 'What is there now.',
      type: ImportOutcomeView,
      headers: {
        Location: { about: 'The path of the first of them.', example: `/contexts/${samples.context}` },
      },
    },
    errors: [
      'malformed_request',
      'invalid_request',
      'request_timeout',
      'id_taken',
      'body_too_large',
      'limit_exceeded',
      'unsupported_media_type',
      'too_many_requests',
    ],
    isIdempotent: true,
  })
  async import(
    @Caller() owner: Owner,
    @Query() query: ImportContexts,
    @Req() request: FastifyRequest,
    @IdempotencyKey() key: RequestKey | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportOutcomeView> {
    const outcome = await this.imports.import(owner, bytesOf(request), query, key);
    void reply.header('location', `/contexts/${outcome.contexts[0]?.id}`);
    return outcome;
  }
}
